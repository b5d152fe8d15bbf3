"""Log-ins, events, webhooks, canned replies, and what WhatsApp channels store.

Revision ID: 0004
Revises: 0003
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db.types import Json, Key, LongText, QueueId, Ulid, UtcDateTime, checked_string

revision: str = "0004"
down_revision: str | Sequence[str] | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "log_ins",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("user_id", Ulid, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("last_used_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("end_reason", Key, nullable=True),
        sa.Column("address", Key, nullable=False),
        sa.Column("user_agent", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_log_ins_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_ins")),
        mysql_charset="utf8mb4",
    )
    op.create_index(op.f("ix_log_ins_expires_at"), "log_ins", ["expires_at"], unique=False)
    op.create_index(op.f("ix_log_ins_user_id"), "log_ins", ["user_id"], unique=False)
    op.create_table(
        "refresh_tokens",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("log_in_id", Ulid, nullable=False),
        sa.Column("token_hash", Key, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("used_by", Key, nullable=True),
        sa.ForeignKeyConstraint(
            ["log_in_id"], ["log_ins.id"], name=op.f("fk_refresh_tokens_log_in_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refresh_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_refresh_tokens_token_hash")),
        mysql_charset="utf8mb4",
    )
    op.create_index(
        op.f("ix_refresh_tokens_expires_at"), "refresh_tokens", ["expires_at"], unique=False
    )
    op.create_index(
        op.f("ix_refresh_tokens_log_in_id"), "refresh_tokens", ["log_in_id"], unique=False
    )
    op.create_table(
        "second_factors",
        sa.Column("user_id", Ulid, nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("secret", sa.String(length=255), nullable=True),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_second_factors_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_second_factors")),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "recovery_codes",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("user_id", Ulid, nullable=False),
        sa.Column("code_hash", Key, nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_recovery_codes_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_recovery_codes_code_hash")),
        mysql_charset="utf8mb4",
    )
    op.create_index(op.f("ix_recovery_codes_user_id"), "recovery_codes", ["user_id"], unique=False)
    op.create_table(
        "password_resets",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("user_id", Ulid, nullable=False),
        sa.Column("token_hash", Key, nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_password_resets_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_resets")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_password_resets_token_hash")),
        sa.UniqueConstraint("user_id", name=op.f("uq_password_resets_user_id")),
        mysql_charset="utf8mb4",
    )
    op.create_index(
        op.f("ix_password_resets_expires_at"), "password_resets", ["expires_at"], unique=False
    )
    op.create_table(
        "installation_marks",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation_marks")),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("user_id", Ulid, nullable=False),
        sa.Column("key", Key, nullable=False),
        sa.Column("attempt", Ulid, nullable=False),
        sa.Column("fingerprint", Key, nullable=False),
        sa.Column("reply", LongText, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_idempotency_keys_user_id")
        ),
        sa.PrimaryKeyConstraint("user_id", "key", name=op.f("pk_idempotency_keys")),
        mysql_charset="utf8mb4",
    )
    op.create_index(
        op.f("ix_idempotency_keys_created_at"), "idempotency_keys", ["created_at"], unique=False
    )
    op.create_table(
        "events",
        sa.Column("id", QueueId, nullable=False),
        sa.Column("records", LongText, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "event_cursors",
        sa.Column("name", Key, nullable=False),
        sa.Column("position", LongText, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_event_cursors")),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "webhooks",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("events", Json, nullable=False),
        sa.Column("secret", sa.String(length=255), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("last_delivered_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("deleted_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("webhook_id", Ulid, nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("records", LongText, nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column(
            "state",
            checked_string("webhookdeliverystate", "pending", "aside", "delivered", "parked"),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhooks.id"], name=op.f("fk_webhook_deliveries_webhook_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
        mysql_charset="utf8mb4",
    )
    op.create_index(
        "ix_webhook_deliveries_newest",
        "webhook_deliveries",
        ["webhook_id", "created_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_webhook_deliveries_next",
        "webhook_deliveries",
        ["webhook_id", "state", "due_at", "id"],
        unique=False,
    )
    op.create_table(
        "canned_replies",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("shortcut", Key, nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", LongText, nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("channel_id", Ulid, nullable=True),
        sa.Column("unique_key", Key, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_canned_replies_channel_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_replies")),
        sa.UniqueConstraint("unique_key", name=op.f("uq_canned_replies_unique_key")),
        mysql_charset="utf8mb4",
    )
    op.create_index(
        op.f("ix_canned_replies_shortcut"), "canned_replies", ["shortcut"], unique=False
    )
    op.create_table(
        "whatsapp_sessions",
        sa.Column("channel_id", Ulid, nullable=False),
        sa.Column(
            "status",
            checked_string(
                "linkstatus",
                "STOPPED",
                "STARTING",
                "SCAN_QR_CODE",
                "PASSKEY_REQUIRED",
                "PASSKEY_CONFIRMATION",
                "WORKING",
                "FAILED",
            ),
            nullable=False,
        ),
        sa.Column("qr", LongText, nullable=True),
        sa.Column("qr_at", UtcDateTime(), nullable=True),
        sa.Column("phone", sa.String(length=32), nullable=True),
        sa.Column("push_name", sa.String(length=190), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.Column("qr_messages", Json, nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_whatsapp_sessions_channel_id")
        ),
        sa.PrimaryKeyConstraint("channel_id", name=op.f("pk_whatsapp_sessions")),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "whatsapp_message_templates",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("channel_id", Ulid, nullable=False),
        sa.Column("provider_id", Key, nullable=False),
        sa.Column("name", sa.String(length=190), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column(
            "status",
            checked_string(
                "templatestatus",
                "APPROVED",
                "PENDING",
                "REJECTED",
                "PAUSED",
                "DISABLED",
                "GONE",
                "OTHER",
            ),
            nullable=False,
        ),
        sa.Column("components", Json, nullable=False),
        sa.Column("is_named", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
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
    op.create_table(
        "early_receipts",
        sa.Column("channel_id", Ulid, nullable=False),
        sa.Column("provider_id", Key, nullable=False),
        sa.Column("outbox_id", QueueId, nullable=True),
        sa.Column(
            "state",
            checked_string(
                "deliverystate",
                "received",
                "held",
                "pending",
                "sent",
                "delivered",
                "read",
                "failed",
                "uncertain",
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("needs_template", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_early_receipts_channel_id")
        ),
        sa.PrimaryKeyConstraint("channel_id", "provider_id", name=op.f("pk_early_receipts")),
        mysql_charset="utf8mb4",
    )
    op.create_index(
        op.f("ix_early_receipts_created_at"), "early_receipts", ["created_at"], unique=False
    )
    op.create_index(
        op.f("ix_early_receipts_outbox_id"), "early_receipts", ["outbox_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("early_receipts")
    op.drop_table("whatsapp_message_templates")
    op.drop_table("whatsapp_sessions")
    op.drop_table("canned_replies")
    op.drop_table("webhook_deliveries")
    op.drop_table("webhooks")
    op.drop_table("event_cursors")
    op.drop_table("events")
    op.drop_table("idempotency_keys")
    op.drop_table("installation_marks")
    op.drop_table("password_resets")
    op.drop_table("recovery_codes")
    op.drop_table("second_factors")
    op.drop_table("refresh_tokens")
    op.drop_table("log_ins")
