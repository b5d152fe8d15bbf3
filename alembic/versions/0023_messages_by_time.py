"""An index on messages by time, for the report about hours.

Revision ID: 0023
Revises: 0022
"""

from collections.abc import Sequence

from alembic import op

revision: str = "0023"
down_revision: str | Sequence[str] | None = "0022"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index("ix_messages_written", "messages", ["direction", "created_at", "session_id"])


def downgrade() -> None:
    op.drop_index("ix_messages_written", table_name="messages")
