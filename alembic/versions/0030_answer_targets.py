"""The customer's wait for an answer that has a target.

Revision ID: 0030
Revises: 0029
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db.migration_steps import rebuild_tables
from db.types import UtcDateTime, checked_string

revision: str = "0030"
down_revision: str | Sequence[str] | None = "0029"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_ENUMS = {
    "sla_target": ("slatarget", ("first", "next")),
    "sla_state": ("slastate", ("running", "warned", "breached", "met", "missed", "stopped")),
}
_TIMES = ("sla_since", "sla_warn_at", "sla_due_at")


def upgrade() -> None:
    for column, (name, values) in _ENUMS.items():
        _add_enum(column, name, values)
    for column in _TIMES:
        op.add_column("sessions", sa.Column(column, UtcDateTime(), nullable=True))


def _add_enum(column: str, name: str, values: Sequence[str]) -> None:
    kind = checked_string(name, *values)
    if op.get_bind().dialect.name != "sqlite":
        op.add_column("sessions", sa.Column(column, kind, nullable=True))
        return
    # A rebuilt table would lose its generated column: SQLite can add one with its check in place.
    listed = ", ".join(f"'{each}'" for each in values)
    op.execute(
        f"ALTER TABLE sessions ADD COLUMN {column} VARCHAR({kind.length})"
        f" CONSTRAINT ck_sessions_{name} CHECK ({column} IN ({listed}))"
    )


def downgrade() -> None:
    with rebuild_tables():
        for column, (name, _) in _ENUMS.items():
            if op.get_bind().dialect.name != "sqlite":
                op.drop_constraint(op.f(f"ck_sessions_{name}"), "sessions", type_="check")
            op.drop_column("sessions", column)
        for column in _TIMES:
            op.drop_column("sessions", column)
