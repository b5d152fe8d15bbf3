"""Priority of sessions, until when they are put aside, and languages that customers chose.

Revision ID: 0025
Revises: 0024
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db.migration_steps import rebuild_tables
from db.types import UtcDateTime, checked_string

revision: str = "0025"
down_revision: str | Sequence[str] | None = "0024"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_PRIORITY = checked_string("priority", "low", "normal", "high", "urgent")


def upgrade() -> None:
    chosen = sa.Column(
        "is_language_chosen", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    op.add_column("clients", chosen)
    op.add_column("sessions", sa.Column("snoozed_until", UtcDateTime(), nullable=True))
    if op.get_bind().dialect.name != "sqlite":
        new = sa.Column("priority", _PRIORITY, nullable=False, server_default="normal")
        op.add_column("sessions", new)
        return
    # A rebuilt table would lose its generated column: SQLite can add one with its check in place.
    op.execute(
        f"ALTER TABLE sessions ADD COLUMN priority VARCHAR({_PRIORITY.length}) NOT NULL"
        " DEFAULT 'normal' CONSTRAINT ck_sessions_priority"
        " CHECK (priority IN ('low', 'normal', 'high', 'urgent'))"
    )


def downgrade() -> None:
    with rebuild_tables():
        if op.get_bind().dialect.name != "sqlite":
            op.drop_constraint(op.f("ck_sessions_priority"), "sessions", type_="check")
        op.drop_column("sessions", "priority")
        op.drop_column("sessions", "snoozed_until")
        op.drop_column("clients", "is_language_chosen")
