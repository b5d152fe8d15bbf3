"""Numbers linked by QR code, templates, the window for free answers, receipts that come early.

Revision ID: 0012
Revises: 0011
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db.types import Json, Key, LongText, QueueId, Ulid, UtcDateTime, checked_string

revision: str = "0012"
down_revision: str | Sequence[str] | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_KINDS = (
    "answer",
    "notice",
    "copy",
    "staff_notice",
    "edit",
    "reaction",
    "delete",
    "card",
    "pin",
    "general",
    "button_reply",
)
_BEFORE = checked_string("outboxkind", *_KINDS)
_AFTER = checked_string("outboxkind", *_KINDS, "seen")


def upgrade() -> None:
    op.add_column("contacts", sa.Column("alias", Key, nullable=True))
    op.create_index("ix_contacts_alias", "contacts", ["channel_id", "alias"], unique=True)
    op.add_column("conversations", sa.Column("reply_until", UtcDateTime(), nullable=True))
    op.add_column("conversations", sa.Column("last_heard", Key, nullable=True))
    _allow(_BEFORE, _AFTER)
    _links()
    _templates()
    _receipts()


def _allow(before: sa.Enum, after: sa.Enum) -> None:
    """Have other kinds of rows in the outbox; SQLite's copy of a table leaves the check behind."""
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_outbox_outboxkind"), "outbox", type_="check")
    with op.batch_alter_table("outbox") as outbox:
        outbox.alter_column("kind", existing_type=before, type_=after, existing_nullable=False)


def _links() -> None:
    statuses = checked_string(
        "linkstatus",
        "STOPPED",
        "STARTING",
        "SCAN_QR_CODE",
        "PASSKEY_REQUIRED",
        "PASSKEY_CONFIRMATION",
        "WORKING",
        "FAILED",
    )
    op.create_table(
        "whatsapp_sessions",
        sa.Column("channel_id", Ulid, nullable=False),
        sa.Column("status", statuses, nullable=False),
        sa.Column("qr", LongText, nullable=True),
        sa.Column("qr_at", UtcDateTime(), nullable=True),
        sa.Column("phone", sa.String(32), nullable=True),
        sa.Column("push_name", sa.String(190), nullable=True),
        sa.Column("error", sa.String(500), nullable=True),
        sa.Column("shown", Json, nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_whatsapp_sessions_channel_id")
        ),
        sa.PrimaryKeyConstraint("channel_id", name=op.f("pk_whatsapp_sessions")),
        mysql_charset="utf8mb4",
    )


def _templates() -> None:
    statuses = checked_string(
        "templatestatus",
        "APPROVED",
        "PENDING",
        "REJECTED",
        "PAUSED",
        "DISABLED",
        "GONE",
        "OTHER",
    )
    op.create_table(
        "whatsapp_message_templates",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("channel_id", Ulid, nullable=False),
        sa.Column("provider_id", Key, nullable=False),
        sa.Column("name", sa.String(190), nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("category", sa.String(32), nullable=False),
        sa.Column("status", statuses, nullable=False),
        sa.Column("components", Json, nullable=False),
        sa.Column("is_named", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(500), nullable=True),
        sa.Column("synced_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_whatsapp_message_templates_channel_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_whatsapp_message_templates")),
        sa.UniqueConstraint(
            "channel_id",
            "name",
            "language",
            name=op.f("uq_whatsapp_message_templates_channel_id_name_language"),
        ),
        mysql_charset="utf8mb4",
    )


def _receipts() -> None:
    states = checked_string(
        "deliverystate",
        "received",
        "held",
        "pending",
        "sent",
        "delivered",
        "read",
        "failed",
        "uncertain",
    )
    op.create_table(
        "early_receipts",
        sa.Column("channel_id", Ulid, nullable=False),
        sa.Column("provider_id", Key, nullable=False),
        sa.Column("errand", QueueId, nullable=True),
        sa.Column("state", states, nullable=False),
        sa.Column("reason", sa.String(500), nullable=True),
        sa.Column("needs_template", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_early_receipts_channel_id")
        ),
        sa.PrimaryKeyConstraint("channel_id", "provider_id", name=op.f("pk_early_receipts")),
        mysql_charset="utf8mb4",
    )
    op.create_index(op.f("ix_early_receipts_errand"), "early_receipts", ["errand"], unique=False)
    op.create_index(
        op.f("ix_early_receipts_created_at"), "early_receipts", ["created_at"], unique=False
    )


def downgrade() -> None:
    op.drop_table("early_receipts")
    op.drop_table("whatsapp_message_templates")
    op.drop_table("whatsapp_sessions")
    op.execute("DELETE FROM outbox WHERE kind = 'seen'")
    _allow(_AFTER, _BEFORE)
    op.drop_column("conversations", "last_heard")
    op.drop_column("conversations", "reply_until")
    op.drop_index("ix_contacts_alias", "contacts")
    op.drop_column("contacts", "alias")
