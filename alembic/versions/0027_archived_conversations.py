"""An index by which lists leave out archived conversations.

Revision ID: 0027
Revises: 0026
"""

from collections.abc import Sequence

from alembic import op

revision: str = "0027"
down_revision: str | Sequence[str] | None = "0026"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index(
        "ix_conversations_active", "conversations", ["is_active", "last_message_at", "id"]
    )


def downgrade() -> None:
    op.drop_index("ix_conversations_active", table_name="conversations")
