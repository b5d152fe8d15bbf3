"""People, their log-ins, channels, and clients with their contacts.

Revision ID: 0001
Revises:
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db.types import Json, Key, LongText, Ulid, UtcDateTime, checked_string

revision: str = "0001"
down_revision: str | Sequence[str] | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("user_id", Key, nullable=True),
        sa.Column("actor", sa.String(length=190), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=190), nullable=False),
        sa.Column("details", Json, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
        mysql_charset="utf8mb4",
    )
    op.create_index("ix_audit_log_by_action", "audit_log", ["action", "created_at"], unique=False)
    op.create_index("ix_audit_log_by_actor", "audit_log", ["actor", "created_at"], unique=False)
    op.create_index("ix_audit_log_by_user", "audit_log", ["user_id", "created_at"], unique=False)
    op.create_index(op.f("ix_audit_log_created_at"), "audit_log", ["created_at"], unique=False)
    op.create_index("ix_audit_log_subject", "audit_log", ["subject", "created_at"], unique=False)
    op.create_table(
        "channels",
        sa.Column("id", Ulid, nullable=False),
        sa.Column(
            "kind",
            checked_string("channelkind", "telegram", "whatsapp_cloud", "whatsapp_waha"),
            nullable=False,
        ),
        sa.Column("external_id", Key, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("staff_groups", Json, nullable=False),
        sa.Column("moved_groups", Json, nullable=False),
        sa.Column("staff_channel_id", Ulid, nullable=True),
        sa.Column("staff_mode", checked_string("staffmode", "group", "personal"), nullable=True),
        sa.Column("is_staff_bot", sa.Boolean(), nullable=False),
        sa.Column(
            "offline_policy",
            checked_string("offlinepolicy", "keep", "hand_back", "pass_on"),
            nullable=False,
        ),
        sa.Column(
            "ai_takeover",
            checked_string("aitakeover", "off", "immediate", "delayed"),
            nullable=False,
        ),
        sa.Column("ai_takeover_minutes", sa.Integer(), nullable=False),
        sa.Column("ai_reply_limit", sa.Integer(), nullable=False),
        sa.Column("credentials", LongText, nullable=True),
        sa.Column("settings", Json, nullable=False),
        sa.Column("opening_hours", Json, nullable=True),
        sa.Column("texts", Json, nullable=True),
        sa.Column("last_check", Json, nullable=True),
        sa.Column("icon_url", sa.String(length=500), nullable=True),
        sa.Column("deleted_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_channel_id"], ["channels.id"], name=op.f("fk_channels_staff_channel_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channels")),
        sa.UniqueConstraint("kind", "external_id", name=op.f("uq_channels_kind_external_id")),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "clients",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("name", sa.String(length=190), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=True),
        sa.Column("telegram_id", Key, nullable=True),
        sa.Column("phone", sa.String(length=32), nullable=True),
        sa.Column("email", sa.String(length=190), nullable=True),
        sa.Column("avatar_url", sa.String(length=500), nullable=True),
        sa.Column("language", sa.String(length=12), nullable=True),
        sa.Column("note", Json, nullable=True),
        sa.Column("fields", Json, nullable=True),
        sa.Column("is_blocked", sa.Boolean(), nullable=False),
        sa.Column("is_renamed", sa.Boolean(), nullable=False),
        sa.Column("is_language_chosen", sa.Boolean(), nullable=False),
        sa.Column("merged_into_id", Ulid, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["clients.id"], name=op.f("fk_clients_merged_into_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clients")),
        sa.UniqueConstraint("telegram_id", name=op.f("uq_clients_telegram_id")),
        mysql_charset="utf8mb4",
    )
    op.create_index(op.f("ix_clients_merged_into_id"), "clients", ["merged_into_id"], unique=False)
    op.create_index(op.f("ix_clients_name"), "clients", ["name"], unique=False)
    op.create_index(op.f("ix_clients_phone"), "clients", ["phone"], unique=False)
    op.create_table(
        "installation_marks",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation_marks")),
        mysql_charset="utf8mb4",
    )
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
        "users",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=190), nullable=False),
        sa.Column("password_hash", sa.String(length=100), nullable=False),
        sa.Column("role", checked_string("role", "ADMIN", "CS"), nullable=False),
        sa.Column("telegram_id", Key, nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("token_version", sa.Integer(), nullable=False),
        sa.Column("has_seeded_password", sa.Boolean(), nullable=False),
        sa.Column("link_code_hash", Key, nullable=True),
        sa.Column("link_code_expires_at", UtcDateTime(), nullable=True),
        sa.Column("avatar_url", sa.String(length=500), nullable=True),
        sa.Column("preferences", Json, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
        sa.UniqueConstraint("link_code_hash", name=op.f("uq_users_link_code_hash")),
        sa.UniqueConstraint("telegram_id", name=op.f("uq_users_telegram_id")),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "agents",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("kind", checked_string("agentkind", "human", "ai"), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_key", Key, nullable=True),
        sa.Column("user_id", Ulid, nullable=True),
        sa.Column(
            "status",
            checked_string("agentstatus", "online", "offline", "busy", "away"),
            nullable=False,
        ),
        sa.Column(
            "status_cause",
            checked_string("statuscause", "choice", "schedule", "silence"),
            nullable=False,
        ),
        sa.Column("status_since", UtcDateTime(), nullable=True),
        sa.Column("last_seen_at", UtcDateTime(), nullable=True),
        sa.Column("working_hours", Json, nullable=True),
        sa.Column("hours_followed_at", UtcDateTime(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("active_sessions", sa.Integer(), nullable=False),
        sa.Column("last_assigned_at", UtcDateTime(), nullable=True),
        sa.Column(
            "level",
            checked_string("agentlevel", "Basic", "Intermediate", "Advanced"),
            nullable=False,
        ),
        sa.Column("description", LongText, nullable=True),
        sa.Column("avatar_url", sa.String(length=500), nullable=True),
        sa.Column("phone", sa.String(length=32), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column(
            "active_name_key",
            Key,
            sa.Computed("CASE WHEN is_active = 1 THEN name_key END", persisted=False),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_agents_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agents")),
        sa.UniqueConstraint("user_id", name=op.f("uq_agents_user_id")),
        mysql_charset="utf8mb4",
    )
    op.create_index("ix_agents_active_name_key", "agents", ["active_name_key"], unique=True)
    op.create_table(
        "canned_replies",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("shortcut", Key, nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", LongText, nullable=False),
        sa.Column("actions", Json, nullable=True),
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
        "contacts",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("client_id", Ulid, nullable=False),
        sa.Column("own_client_id", Ulid, nullable=True),
        sa.Column("channel_id", Ulid, nullable=False),
        sa.Column("external_id", Key, nullable=False),
        sa.Column("alias", Key, nullable=True),
        sa.Column("chat_topic", Key, nullable=True),
        sa.Column("unreachable", sa.String(length=190), nullable=True),
        sa.Column("marketing_stopped_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_contacts_channel_id")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_contacts_client_id")),
        sa.ForeignKeyConstraint(
            ["own_client_id"], ["clients.id"], name=op.f("fk_contacts_own_client_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
        sa.UniqueConstraint(
            "channel_id", "external_id", name=op.f("uq_contacts_channel_id_external_id")
        ),
        mysql_charset="utf8mb4",
    )
    op.create_index("ix_contacts_alias", "contacts", ["channel_id", "alias"], unique=True)
    op.create_index(op.f("ix_contacts_client_id"), "contacts", ["client_id"], unique=False)
    op.create_index(op.f("ix_contacts_own_client_id"), "contacts", ["own_client_id"], unique=False)
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
        sa.Column("init_data_digest", Key, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_log_ins_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_ins")),
        sa.UniqueConstraint("init_data_digest", name=op.f("uq_log_ins_init_data_digest")),
        mysql_charset="utf8mb4",
    )
    op.create_index(op.f("ix_log_ins_expires_at"), "log_ins", ["expires_at"], unique=False)
    op.create_index(op.f("ix_log_ins_user_id"), "log_ins", ["user_id"], unique=False)
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
        sa.Column("updated_at", UtcDateTime(), nullable=False),
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
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_whatsapp_sessions_channel_id")
        ),
        sa.PrimaryKeyConstraint("channel_id", name=op.f("pk_whatsapp_sessions")),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "channel_agents",
        sa.Column("channel_id", Ulid, nullable=False),
        sa.Column("agent_id", Ulid, nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_channel_agents_agent_id")
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_channel_agents_channel_id")
        ),
        sa.PrimaryKeyConstraint("channel_id", "agent_id", name=op.f("pk_channel_agents")),
        mysql_charset="utf8mb4",
    )
    op.create_index(
        op.f("ix_channel_agents_agent_id"), "channel_agents", ["agent_id"], unique=False
    )
    op.create_table(
        "client_merges",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("kept_id", Ulid, nullable=False),
        sa.Column("merged_id", Ulid, nullable=False),
        sa.Column("by_agent_id", Ulid, nullable=True),
        sa.Column("moved", Json, nullable=False),
        sa.Column("changes", Json, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_agent_id"], ["agents.id"], name=op.f("fk_client_merges_by_agent_id")
        ),
        sa.ForeignKeyConstraint(["kept_id"], ["clients.id"], name=op.f("fk_client_merges_kept_id")),
        sa.ForeignKeyConstraint(
            ["merged_id"], ["clients.id"], name=op.f("fk_client_merges_merged_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_merges")),
        mysql_charset="utf8mb4",
    )
    op.create_index(op.f("ix_client_merges_kept_id"), "client_merges", ["kept_id"], unique=False)
    op.create_index(
        op.f("ix_client_merges_merged_id"), "client_merges", ["merged_id"], unique=False
    )
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


def downgrade() -> None:
    op.drop_table("refresh_tokens")
    op.drop_table("client_merges")
    op.drop_table("channel_agents")
    op.drop_table("whatsapp_sessions")
    op.drop_table("whatsapp_message_templates")
    op.drop_table("second_factors")
    op.drop_table("recovery_codes")
    op.drop_table("password_resets")
    op.drop_table("log_ins")
    op.drop_table("contacts")
    op.drop_table("canned_replies")
    op.drop_table("agents")
    op.drop_table("users")
    op.drop_table("tags")
    op.drop_table("installation_marks")
    op.drop_table("clients")
    op.drop_table("channels")
    op.drop_table("audit_log")
