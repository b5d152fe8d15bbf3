"""Files, buttons and template values of auto-reply rules.

Revision ID: 0020
Revises: 0019
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db.migration_steps import rebuild_tables
from db.types import Json, Key, Ulid, UtcDateTime

revision: str = "0020"
down_revision: str | Sequence[str] | None = "0019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_RULES, _FILES = "auto_reply_rules", "reply_files"
_FILE_KEY = "fk_auto_reply_rules_reply_file_id"


def upgrade() -> None:
    op.create_table(
        _FILES,
        sa.Column("id", Ulid, nullable=False),
        sa.Column("message_type", Key, nullable=False),
        sa.Column("name", sa.String(length=190), nullable=True),
        sa.Column("mime", sa.String(length=120), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_FILES}")),
        mysql_charset="utf8mb4",
    )
    op.create_index("ix_reply_files_list", _FILES, ["created_at", "id"])
    for column in (
        sa.Column("reply_values", Json, nullable=True),
        sa.Column("reply_file_id", Ulid, nullable=True),
        sa.Column("reply_buttons", Json, nullable=True),
    ):
        op.add_column(_RULES, column)
    op.execute("UPDATE auto_reply_rules SET reply_values = '{}', reply_buttons = '[]'")
    with rebuild_tables(), op.batch_alter_table(_RULES) as batch:
        batch.alter_column("reply_values", existing_type=Json, nullable=False)
        batch.alter_column("reply_buttons", existing_type=Json, nullable=False)
        batch.create_foreign_key(op.f(_FILE_KEY), _FILES, ["reply_file_id"], ["id"])


def downgrade() -> None:
    with rebuild_tables(), op.batch_alter_table(_RULES) as batch:
        batch.drop_constraint(op.f(_FILE_KEY), type_="foreignkey")
    for column in ("reply_values", "reply_file_id", "reply_buttons"):
        op.drop_column(_RULES, column)
    op.drop_table(_FILES)
