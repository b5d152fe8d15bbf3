"""Chats without topics: the desk's own messages there, the chosen session; titles of topics.

Revision ID: 0037
Revises: 0036
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db.types import Key, Ulid, UtcDateTime

revision: str = "0037"
down_revision: str | Sequence[str] | None = "0036"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_MESSAGES, _BOARDS = "staff_messages", "staff_boards"


def upgrade() -> None:
    op.add_column(_BOARDS, sa.Column("chosen_session_id", Ulid, nullable=True))
    op.add_column(_BOARDS, sa.Column("chosen_at", UtcDateTime(), nullable=True))
    op.add_column("staff_places", sa.Column("title", sa.String(255), nullable=True))
    op.create_table(
        _MESSAGES,
        sa.Column("channel_id", Ulid, nullable=False),
        sa.Column("chat", Key, nullable=False),
        sa.Column("provider_id", Key, nullable=False),
        sa.Column("conversation_id", Ulid, nullable=False),
        sa.PrimaryKeyConstraint("channel_id", "chat", "provider_id", name=op.f(f"pk_{_MESSAGES}")),
        mysql_charset="utf8mb4",
    )
    op.create_index(op.f(f"ix_{_MESSAGES}_conversation_id"), _MESSAGES, ["conversation_id"])


def downgrade() -> None:
    op.drop_table(_MESSAGES)
    op.drop_column("staff_places", "title")
    op.drop_column(_BOARDS, "chosen_at")
    op.drop_column(_BOARDS, "chosen_session_id")
