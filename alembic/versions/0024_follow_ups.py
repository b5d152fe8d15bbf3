"""Follow-ups of AI agents.

Revision ID: 0024
Revises: 0023
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db.types import Json

revision: str = "0024"
down_revision: str | Sequence[str] | None = "0023"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_SESSIONS, _COUNT = "ai_sessions", "follow_ups"


def upgrade() -> None:
    op.add_column(_SESSIONS, sa.Column("follow_up", Json, nullable=True))
    count = sa.Column(_COUNT, sa.Integer(), nullable=False, server_default="0")
    op.add_column(_SESSIONS, count)
    with op.batch_alter_table(_SESSIONS) as batch:
        batch.alter_column(
            _COUNT, existing_type=sa.Integer(), existing_nullable=False, server_default=None
        )


def downgrade() -> None:
    op.drop_column(_SESSIONS, _COUNT)
    op.drop_column(_SESSIONS, "follow_up")
