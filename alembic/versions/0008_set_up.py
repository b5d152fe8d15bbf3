"""Set-up by API: opening hours, what the last check said, canned replies; the audit log in pages.

A channel's language may be empty now: then it speaks DEFAULT_LANGUAGE. Until now every channel's
was that of the settings, written anew at each start.

Revision ID: 0008
Revises: 0007
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db.types import Json, Key, LongText, Ulid, UtcDateTime

revision: str = "0008"
down_revision: str | Sequence[str] | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("channels", sa.Column("opening_hours", Json, nullable=True))
    op.add_column("channels", sa.Column("last_check", Json, nullable=True))
    op.execute("UPDATE channels SET language = ''")
    op.create_table(
        "canned_replies",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("shortcut", Key, nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", LongText, nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("channel_id", Ulid, nullable=True),
        sa.Column("slot", Key, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_canned_replies_channel_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_replies")),
        sa.UniqueConstraint("slot", name=op.f("uq_canned_replies_slot")),
        mysql_charset="utf8mb4",
    )
    op.create_index(op.f("ix_canned_replies_shortcut"), "canned_replies", ["shortcut"])
    # A page of the audit log, whatever it is filtered by, is read off one of these.
    op.create_index("ix_audit_log_by_user", "audit_log", ["user_id", "created_at"])
    op.create_index("ix_audit_log_by_actor", "audit_log", ["actor", "created_at"])
    op.create_index("ix_audit_log_by_action", "audit_log", ["action", "created_at"])
    op.drop_index(op.f("ix_audit_log_user_id"), table_name="audit_log")
    op.drop_index(op.f("ix_audit_log_action"), table_name="audit_log")


def downgrade() -> None:
    op.create_index(op.f("ix_audit_log_action"), "audit_log", ["action"])
    op.create_index(op.f("ix_audit_log_user_id"), "audit_log", ["user_id"])
    op.drop_index("ix_audit_log_by_action", table_name="audit_log")
    op.drop_index("ix_audit_log_by_actor", table_name="audit_log")
    op.drop_index("ix_audit_log_by_user", table_name="audit_log")
    op.drop_table("canned_replies")
    op.execute("UPDATE channels SET language = 'en' WHERE language = ''")
    op.drop_column("channels", "last_check")
    op.drop_column("channels", "opening_hours")
