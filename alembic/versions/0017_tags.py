"""Tags of sessions.

Revision ID: 0017
Revises: 0016
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db.types import Key, Ulid, UtcDateTime

revision: str = "0017"
down_revision: str | Sequence[str] | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "tags",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("name_key", Key, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
        sa.UniqueConstraint("name_key", name=op.f("uq_tags_name_key")),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "session_tags",
        sa.Column("session_id", Ulid, nullable=False),
        sa.Column("tag_id", Ulid, nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_session_tags_session_id")
        ),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name=op.f("fk_session_tags_tag_id")),
        sa.PrimaryKeyConstraint("session_id", "tag_id", name=op.f("pk_session_tags")),
        mysql_charset="utf8mb4",
    )
    op.create_index("ix_session_tags_tag", "session_tags", ["tag_id", "session_id"])


def downgrade() -> None:
    op.drop_table("session_tags")
    op.drop_table("tags")
