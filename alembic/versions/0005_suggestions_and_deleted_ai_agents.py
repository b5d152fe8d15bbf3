"""A session has one suggestion of an AI agent; AI agents can be deleted.

Revision ID: 0005
Revises: 0004
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db.types import Ulid, UtcDateTime

revision: str = "0005"
down_revision: str | Sequence[str] | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_INDEX = "ix_ai_turns_suggested_session_id"


def upgrade() -> None:
    _keep_newest()
    suggested = sa.Computed("CASE WHEN state = 'suggested' THEN session_id END", persisted=False)
    op.add_column("ai_turns", sa.Column("suggested_session_id", Ulid, suggested, nullable=True))
    op.create_index(_INDEX, "ai_turns", ["suggested_session_id"], unique=True)
    op.add_column("agent_ai_configs", sa.Column("deleted_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("agent_ai_configs", "deleted_at")
    op.drop_index(_INDEX, table_name="ai_turns")
    op.drop_column("ai_turns", "suggested_session_id")


def _keep_newest() -> None:
    """Drop the older drafts of sessions that have several."""
    turns = sa.table("ai_turns", sa.column("id"), sa.column("session_id"), sa.column("state"))
    suggested = turns.c.state == "suggested"
    newest = sa.select(sa.func.max(turns.c.id)).where(suggested).group_by(turns.c.session_id)
    # MySQL does not update a table that a subquery reads, unless that is a table of its own.
    kept = sa.select(newest.subquery().c[0])
    op.execute(sa.update(turns).where(suggested, turns.c.id.not_in(kept)).values(state="dropped"))
