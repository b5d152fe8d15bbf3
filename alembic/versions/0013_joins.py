"""Clients who are one person: joined, with what undoes it; phone numbers in one form.

Revision ID: 0013
Revises: 0012
"""

import re
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db.types import Json, Ulid, UtcDateTime

revision: str = "0013"
down_revision: str | Sequence[str] | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_NEW = (("clients", "merged_into_id"), ("contacts", "own_client_id"))


def upgrade() -> None:
    for table, column in _NEW:
        _refer_to_clients(table, column)
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    op.create_table(
        "client_merges",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("kept_id", Ulid, nullable=False),
        sa.Column("joined_id", Ulid, nullable=False),
        sa.Column("by_agent_id", Ulid, nullable=True),
        sa.Column("moved", Json, nullable=False),
        sa.Column("changes", Json, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_client_merges_{column}")
            )
            for column, table in (
                ("kept_id", "clients"),
                ("joined_id", "clients"),
                ("by_agent_id", "agents"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_merges")),
        mysql_charset="utf8mb4",
    )
    op.create_index(op.f("ix_client_merges_kept_id"), "client_merges", ["kept_id"])
    op.create_index(op.f("ix_client_merges_joined_id"), "client_merges", ["joined_id"])
    _in_one_form()


def _refer_to_clients(table: str, column: str) -> None:
    name = op.f(f"fk_{table}_{column}")
    if op.get_bind().dialect.name == "sqlite":
        # A column may bring its reference there; a copy of the table, which is what batches make,
        # cannot be put in the place of one that others refer to.
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN {column} VARCHAR(26)"
            f" CONSTRAINT {name} REFERENCES clients (id)"
        )
    else:
        op.add_column(table, sa.Column(column, Ulid, nullable=True))
        op.create_foreign_key(name, table, "clients", [column], ["id"])


def _in_one_form() -> None:
    """Write numbers that staff entered as all are written now, so that the same are found."""
    clients = sa.table("clients", sa.column("id", Ulid), sa.column("phone", sa.String))
    bind = op.get_bind()
    there = sa.select(clients.c.id, clients.c.phone).where(clients.c.phone.is_not(None))
    for client_id, phone in bind.execute(there).all():
        digits = re.sub(r"\D", "", phone)
        is_abroad = phone.strip().startswith(("+", "00"))
        written = f"+{digits.removeprefix('00')}" if is_abroad else digits
        bind.execute(sa.update(clients).where(clients.c.id == client_id).values(phone=written))


def downgrade() -> None:
    op.drop_table("client_merges")
    for table, column in reversed(_NEW):
        if op.get_bind().dialect.name != "sqlite":
            op.drop_constraint(op.f(f"fk_{table}_{column}"), table, type_="foreignkey")
        op.drop_index(op.f(f"ix_{table}_{column}"), table_name=table)
        op.drop_column(table, column)
