"""Why agents have their status, when they were last seen, and when they work.

Revision ID: 0031
Revises: 0030
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db.migration_steps import rebuild_tables
from db.types import Json, UtcDateTime, checked_string

revision: str = "0031"
down_revision: str | Sequence[str] | None = "0030"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_CAUSE = checked_string("statuscause", "choice", "schedule", "silence")
_TIMES = ("status_since", "last_seen_at", "hours_followed_at")


def upgrade() -> None:
    for name in _TIMES:
        op.add_column("agents", sa.Column(name, UtcDateTime(), nullable=True))
    op.add_column("agents", sa.Column("working_hours", Json, nullable=True))
    if op.get_bind().dialect.name != "sqlite":
        new = sa.Column("status_cause", _CAUSE, nullable=False, server_default="choice")
        op.add_column("agents", new)
        return
    # A rebuilt table would lose its generated column: SQLite can add one with its check in place.
    op.execute(
        f"ALTER TABLE agents ADD COLUMN status_cause VARCHAR({_CAUSE.length}) NOT NULL"
        " DEFAULT 'choice' CONSTRAINT ck_agents_statuscause"
        " CHECK (status_cause IN ('choice', 'schedule', 'silence'))"
    )


def downgrade() -> None:
    with rebuild_tables():
        if op.get_bind().dialect.name != "sqlite":
            op.drop_constraint(op.f("ck_agents_statuscause"), "agents", type_="check")
        for name in ("status_cause", "working_hours", *_TIMES):
            op.drop_column("agents", name)
