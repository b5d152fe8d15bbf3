"""The inbox, the outbox, jobs, broadcasts, events and webhooks.

Revision ID: 0003
Revises: 0002
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db.types import Json, Key, LongText, QueueId, Ulid, UtcDateTime, checked_string

revision: str = "0003"
down_revision: str | Sequence[str] | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "alarms",
        sa.Column("name", Key, nullable=False),
        sa.Column("raised_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_alarms")),
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
        "events",
        sa.Column("id", QueueId, nullable=False),
        sa.Column("records", LongText, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "jobs",
        sa.Column("id", Ulid, nullable=False),
        sa.Column(
            "kind",
            checked_string(
                "jobkind",
                "erase_client",
                "import_knowledge",
                "ai_turn",
                "send_summary",
                "embed_knowledge",
                "send_broadcast",
                "export_client",
            ),
            nullable=False,
        ),
        sa.Column("payload", Json, nullable=False),
        sa.Column("dedup_key", Key, nullable=True),
        sa.Column(
            "state",
            checked_string("jobstate", "pending", "running", "done", "failed"),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("run_at", UtcDateTime(), nullable=False),
        sa.Column("lease", Ulid, nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("result", Json, nullable=True),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("dedup_key", name=op.f("uq_jobs_dedup_key")),
        mysql_charset="utf8mb4",
    )
    op.create_index("ix_jobs_due", "jobs", ["state", "run_at"], unique=False)
    op.create_table(
        "lanes",
        sa.Column(
            "queue",
            checked_string("queue", "inbox", "customer", "staff", "background", "broadcast"),
            nullable=False,
        ),
        sa.Column("lane", Key, nullable=False),
        sa.Column("rate_limit_key", Key, nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("lease", Ulid, nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("queue", "lane", name=op.f("pk_lanes")),
        mysql_charset="utf8mb4",
    )
    op.create_index("ix_lanes_due", "lanes", ["queue", "due_at", "rate_limit_key"], unique=False)
    op.create_index(op.f("ix_lanes_lease"), "lanes", ["lease"], unique=False)
    op.create_table(
        "rate_limit_backoffs",
        sa.Column("rate_limit_key", Key, nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("rate_limit_key", name=op.f("pk_rate_limit_backoffs")),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "rate_limit_usage",
        sa.Column("owner", Key, nullable=False),
        sa.Column("calls", Json, nullable=False),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_rate_limit_usage")),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "reply_files",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("message_type", Key, nullable=False),
        sa.Column("name", sa.String(length=190), nullable=True),
        sa.Column("mime", sa.String(length=120), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_files")),
        mysql_charset="utf8mb4",
    )
    op.create_index("ix_reply_files_list", "reply_files", ["created_at", "id"], unique=False)
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
        "broadcasts",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "state",
            checked_string(
                "broadcaststate", "draft", "scheduled", "running", "paused", "done", "canceled"
            ),
            nullable=False,
        ),
        sa.Column("text", LongText, nullable=True),
        sa.Column("entities", Json, nullable=True),
        sa.Column("file_id", Ulid, nullable=True),
        sa.Column("template", Json, nullable=True),
        sa.Column("audience", Json, nullable=False),
        sa.Column("author_name", sa.String(length=190), nullable=False),
        sa.Column("listed_until", Ulid, nullable=True),
        sa.Column("is_listed", sa.Boolean(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["reply_files.id"], name=op.f("fk_broadcasts_file_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcasts")),
        mysql_charset="utf8mb4",
    )
    op.create_index("ix_broadcasts_recent", "broadcasts", ["created_at", "id"], unique=False)
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
        "inbox",
        sa.Column("id", QueueId, nullable=False),
        sa.Column("channel_id", Ulid, nullable=False),
        sa.Column("provider_id", Key, nullable=False),
        sa.Column("lane", Key, nullable=False),
        sa.Column("payload", LongText, nullable=False),
        sa.Column(
            "state", checked_string("inboxstate", "pending", "done", "parked"), nullable=False
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", LongText, nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_inbox_channel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint(
            "channel_id", "provider_id", name=op.f("uq_inbox_channel_id_provider_id")
        ),
        mysql_charset="utf8mb4",
    )
    op.create_index("ix_inbox_waiting", "inbox", ["state", "lane", "id", "due_at"], unique=False)
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
        "broadcast_recipients",
        sa.Column("broadcast_id", Ulid, nullable=False),
        sa.Column("client_id", Ulid, nullable=False),
        sa.Column("channel_id", Ulid, nullable=False),
        sa.Column("conversation_id", Ulid, nullable=False),
        sa.Column(
            "state",
            checked_string(
                "recipientstate", "waiting", "queued", "sent", "uncertain", "failed", "skipped"
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("message_id", Key, nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["broadcast_id"], ["broadcasts.id"], name=op.f("fk_broadcast_recipients_broadcast_id")
        ),
        sa.PrimaryKeyConstraint("broadcast_id", "client_id", name=op.f("pk_broadcast_recipients")),
        mysql_charset="utf8mb4",
    )
    op.create_index(
        op.f("ix_broadcast_recipients_conversation_id"),
        "broadcast_recipients",
        ["conversation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_broadcast_recipients_message_id"),
        "broadcast_recipients",
        ["message_id"],
        unique=False,
    )
    op.create_index(
        "ix_broadcast_recipients_state",
        "broadcast_recipients",
        ["broadcast_id", "state", "channel_id", "client_id"],
        unique=False,
    )
    op.create_table(
        "outbox",
        sa.Column("id", QueueId, nullable=False),
        sa.Column("channel_id", Ulid, nullable=False),
        sa.Column("conversation_id", Ulid, nullable=True),
        sa.Column("message_id", Key, nullable=True),
        sa.Column("place_id", Ulid, nullable=True),
        sa.Column("lane", Key, nullable=False),
        sa.Column(
            "kind",
            checked_string(
                "outboxkind",
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
                "seen",
                "menu_button",
            ),
            nullable=False,
        ),
        sa.Column("payload", Json, nullable=False),
        sa.Column("dedup_key", Key, nullable=True),
        sa.Column(
            "state",
            checked_string("outboxstate", "pending", "sending", "done", "failed", "uncertain"),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_outbox_channel_id")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_outbox_conversation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("dedup_key", name=op.f("uq_outbox_dedup_key")),
        mysql_charset="utf8mb4",
    )
    op.create_index("ix_outbox_lane", "outbox", ["state", "lane", "id"], unique=False)
    op.create_index(op.f("ix_outbox_message_id"), "outbox", ["message_id"], unique=False)


def downgrade() -> None:
    op.drop_table("outbox")
    op.drop_table("broadcast_recipients")
    op.drop_table("webhook_deliveries")
    op.drop_table("inbox")
    op.drop_table("idempotency_keys")
    op.drop_table("early_receipts")
    op.drop_table("broadcasts")
    op.drop_table("webhooks")
    op.drop_table("reply_files")
    op.drop_table("rate_limit_usage")
    op.drop_table("rate_limit_backoffs")
    op.drop_table("lanes")
    op.drop_table("jobs")
    op.drop_table("events")
    op.drop_table("event_cursors")
    op.drop_table("alarms")
