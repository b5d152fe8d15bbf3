"""Count what is due by the index alone; find what may go without an index of its own.

Revision ID: 0004
Revises: 0003
"""

from collections.abc import Sequence

from alembic import op

revision: str = "0004"
down_revision: str | Sequence[str] | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    # The new one first: without any, claims would read the whole table in between.
    op.create_index("ix_inbox_waiting", "inbox", ["state", "lane", "id", "due_at"], unique=False)
    op.drop_index("ix_inbox_lane", table_name="inbox")
    # Rows are removed in the order of their ids; every delivery paid for this one.
    op.drop_index("ix_outbox_settled", table_name="outbox")
    op.create_index(
        op.f("ix_refresh_tokens_expires_at"), "refresh_tokens", ["expires_at"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_refresh_tokens_expires_at"), table_name="refresh_tokens")
    op.create_index("ix_outbox_settled", "outbox", ["settled_at"], unique=False)
    op.create_index("ix_inbox_lane", "inbox", ["state", "lane", "id"], unique=False)
    op.drop_index("ix_inbox_waiting", table_name="inbox")
