"""Remember topics that were deleted: what agents wrote there is still to be sent.

Revision ID: 0006
Revises: 0005
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db.types import Key, Ulid

revision: str = "0006"
down_revision: str | Sequence[str] | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "former_topics",
        sa.Column("staff_chat", Key, nullable=False),
        sa.Column("staff_topic", Key, nullable=False),
        sa.Column("conversation_id", Ulid, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_former_topics_conversation_id"),
        ),
        sa.PrimaryKeyConstraint("staff_chat", "staff_topic", name=op.f("pk_former_topics")),
        mysql_charset="utf8mb4",
    )


def downgrade() -> None:
    op.drop_table("former_topics")
