"""Conversations, sessions, messages, their copies at staff, and the figures of each session.

Revision ID: 0002
Revises: 0001
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db.types import Json, Key, LongText, QueueId, Ulid, UtcDateTime, checked_string

revision: str = "0002"
down_revision: str | Sequence[str] | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "staff_messages",
        sa.Column("channel_id", Ulid, nullable=False),
        sa.Column("chat", Key, nullable=False),
        sa.Column("provider_id", Key, nullable=False),
        sa.Column("conversation_id", Ulid, nullable=False),
        sa.PrimaryKeyConstraint(
            "channel_id", "chat", "provider_id", name=op.f("pk_staff_messages")
        ),
        mysql_charset="utf8mb4",
    )
    op.create_index(
        op.f("ix_staff_messages_conversation_id"),
        "staff_messages",
        ["conversation_id"],
        unique=False,
    )
    op.create_table(
        "staff_boards",
        sa.Column("channel_id", Ulid, nullable=False),
        sa.Column("chat", Key, nullable=False),
        sa.Column("message", Key, nullable=True),
        sa.Column("chosen_session_id", Ulid, nullable=True),
        sa.Column("chosen_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_staff_boards_channel_id")
        ),
        sa.PrimaryKeyConstraint("channel_id", "chat", name=op.f("pk_staff_boards")),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "conversations",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("contact_id", Ulid, nullable=False),
        sa.Column("channel_id", Ulid, nullable=False),
        sa.Column("assigned_agent_id", Ulid, nullable=True),
        sa.Column("reply_until", UtcDateTime(), nullable=True),
        sa.Column("last_inbound_id", Key, nullable=True),
        sa.Column("recent_notes", Json, nullable=True),
        sa.Column("unseen_broadcast_id", Key, nullable=True),
        sa.Column("unread_count", sa.Integer(), nullable=False),
        sa.Column("session_count", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("last_message_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assigned_agent_id"], ["agents.id"], name=op.f("fk_conversations_assigned_agent_id")
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_conversations_channel_id")
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_conversations_contact_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
        sa.UniqueConstraint("contact_id", name=op.f("uq_conversations_contact_id")),
        mysql_charset="utf8mb4",
    )
    op.create_index(
        "ix_conversations_active",
        "conversations",
        ["is_active", "last_message_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_conversations_assigned_agent_id"),
        "conversations",
        ["assigned_agent_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_conversations_last_message_at"), "conversations", ["last_message_at"], unique=False
    )
    op.create_table(
        "own_chats",
        sa.Column("agent_id", Ulid, nullable=False),
        sa.Column(
            "state", checked_string("ownchatstate", "open", "blocked", "no_topics"), nullable=False
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_own_chats_agent_id")),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_own_chats")),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "sessions",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("conversation_id", Ulid, nullable=False),
        sa.Column("client_id", Ulid, nullable=False),
        sa.Column("cs_id", Ulid, nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", checked_string("sessionstatus", "ACTIVE", "ENDED"), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("first_held_at", UtcDateTime(), nullable=True),
        sa.Column("reopen_count", sa.Integer(), nullable=False),
        sa.Column(
            "priority",
            checked_string("priority", "low", "normal", "high", "urgent"),
            nullable=False,
        ),
        sa.Column("snoozed_until", UtcDateTime(), nullable=True),
        sa.Column("sla_target", checked_string("slatarget", "first", "next"), nullable=True),
        sa.Column(
            "sla_state",
            checked_string("slastate", "running", "warned", "breached", "met", "missed", "stopped"),
            nullable=True,
        ),
        sa.Column("sla_since", UtcDateTime(), nullable=True),
        sa.Column("sla_warn_at", UtcDateTime(), nullable=True),
        sa.Column("sla_due_at", UtcDateTime(), nullable=True),
        sa.Column(
            "active_conversation_id",
            Ulid,
            sa.Computed("CASE WHEN status = 'ACTIVE' THEN conversation_id END", persisted=False),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_sessions_client_id")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_sessions_conversation_id")
        ),
        sa.ForeignKeyConstraint(["cs_id"], ["agents.id"], name=op.f("fk_sessions_cs_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint(
            "active_conversation_id", name=op.f("uq_sessions_active_conversation_id")
        ),
        mysql_charset="utf8mb4",
    )
    op.create_index(
        "ix_sessions_client", "sessions", ["client_id", "status", "created_at", "id"], unique=False
    )
    op.create_index(
        op.f("ix_sessions_conversation_id"), "sessions", ["conversation_id"], unique=False
    )
    op.create_index(
        "ix_sessions_held", "sessions", ["cs_id", "status", "created_at", "id"], unique=False
    )
    op.create_index("ix_sessions_recent", "sessions", ["status", "created_at", "id"], unique=False)
    op.create_table(
        "staff_places",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("conversation_id", Ulid, nullable=False),
        sa.Column("channel_id", Ulid, nullable=False),
        sa.Column("chat", Key, nullable=False),
        sa.Column("topic", Key, nullable=True),
        sa.Column("card", Key, nullable=True),
        sa.Column("in_topic", sa.Boolean(), nullable=False),
        sa.Column("agent_id", Ulid, nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=True),
        sa.Column("opening", LongText, nullable=True),
        sa.Column("left_at", UtcDateTime(), nullable=True),
        sa.Column(
            "active_conversation_id",
            Ulid,
            sa.Computed("CASE WHEN is_active = 1 THEN conversation_id END", persisted=False),
            nullable=True,
        ),
        sa.Column(
            "group_conversation_id",
            Ulid,
            sa.Computed(
                "CASE WHEN is_active = 1 AND agent_id IS NULL THEN conversation_id END",
                persisted=False,
            ),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_staff_places_agent_id")),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_staff_places_channel_id")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_staff_places_conversation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_places")),
        sa.UniqueConstraint(
            "active_conversation_id",
            "agent_id",
            name=op.f("uq_staff_places_active_conversation_id_agent_id"),
        ),
        sa.UniqueConstraint(
            "channel_id", "chat", "topic", name=op.f("uq_staff_places_channel_id_chat_topic")
        ),
        sa.UniqueConstraint(
            "group_conversation_id", name=op.f("uq_staff_places_group_conversation_id")
        ),
        mysql_charset="utf8mb4",
    )
    op.create_index(
        op.f("ix_staff_places_conversation_id"), "staff_places", ["conversation_id"], unique=False
    )
    op.create_table(
        "conversation_handovers",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("conversation_id", Ulid, nullable=False),
        sa.Column("session_id", Ulid, nullable=False),
        sa.Column("from_agent_id", Ulid, nullable=True),
        sa.Column("to_agent_id", Ulid, nullable=True),
        sa.Column("by_agent_id", Ulid, nullable=True),
        sa.Column("by_name", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_agent_id"], ["agents.id"], name=op.f("fk_conversation_handovers_by_agent_id")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_conversation_handovers_conversation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["from_agent_id"], ["agents.id"], name=op.f("fk_conversation_handovers_from_agent_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_conversation_handovers_session_id")
        ),
        sa.ForeignKeyConstraint(
            ["to_agent_id"], ["agents.id"], name=op.f("fk_conversation_handovers_to_agent_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation_handovers")),
        mysql_charset="utf8mb4",
    )
    op.create_index(
        op.f("ix_conversation_handovers_session_id"),
        "conversation_handovers",
        ["session_id"],
        unique=False,
    )
    op.create_table(
        "conversation_metrics",
        sa.Column("session_id", Ulid, nullable=False),
        sa.Column("conversation_id", Ulid, nullable=False),
        sa.Column("channel_id", Ulid, nullable=False),
        sa.Column("agent_id", Ulid, nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("first_held_at", UtcDateTime(), nullable=True),
        sa.Column("waiting_seconds", sa.Double(), nullable=True),
        sa.Column("waiting_business_seconds", sa.Double(), nullable=True),
        sa.Column("first_inbound_at", UtcDateTime(), nullable=True),
        sa.Column("first_answer_at", UtcDateTime(), nullable=True),
        sa.Column("first_answer_seconds", sa.Double(), nullable=True),
        sa.Column("first_answer_business_seconds", sa.Double(), nullable=True),
        sa.Column("first_human_at", UtcDateTime(), nullable=True),
        sa.Column("first_human_seconds", sa.Double(), nullable=True),
        sa.Column("first_human_business_seconds", sa.Double(), nullable=True),
        sa.Column("first_human_by_id", Ulid, nullable=True),
        sa.Column("first_ai_at", UtcDateTime(), nullable=True),
        sa.Column("first_ai_seconds", sa.Double(), nullable=True),
        sa.Column("first_rule_at", UtcDateTime(), nullable=True),
        sa.Column("first_rule_seconds", sa.Double(), nullable=True),
        sa.Column("next_answer_count", sa.Integer(), nullable=False),
        sa.Column("next_answer_seconds_sum", sa.Double(), nullable=False),
        sa.Column("next_answer_seconds_max", sa.Double(), nullable=True),
        sa.Column("next_answer_business_sum", sa.Double(), nullable=False),
        sa.Column("next_answer_business_max", sa.Double(), nullable=True),
        sa.Column("unanswered_since", UtcDateTime(), nullable=True),
        sa.Column("resolution_seconds", sa.Double(), nullable=True),
        sa.Column("resolution_business_seconds", sa.Double(), nullable=True),
        sa.Column("inbound_count", sa.Integer(), nullable=False),
        sa.Column("human_count", sa.Integer(), nullable=False),
        sa.Column("ai_count", sa.Integer(), nullable=False),
        sa.Column("rule_count", sa.Integer(), nullable=False),
        sa.Column("last_message_at", UtcDateTime(), nullable=True),
        sa.Column("handover_count", sa.Integer(), nullable=False),
        sa.Column("reopen_count", sa.Integer(), nullable=False),
        sa.Column("rating", sa.SmallInteger(), nullable=True),
        sa.Column("rating_comment", LongText, nullable=True),
        sa.Column("rated_at", UtcDateTime(), nullable=True),
        sa.Column("is_first_answer_breached", sa.Boolean(), nullable=True),
        sa.Column("is_next_answer_breached", sa.Boolean(), nullable=True),
        sa.Column("is_resolution_breached", sa.Boolean(), nullable=True),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name=op.f("ck_conversation_metrics_rating")),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_conversation_metrics_agent_id")
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_conversation_metrics_channel_id")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_conversation_metrics_conversation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["first_human_by_id"],
            ["agents.id"],
            name=op.f("fk_conversation_metrics_first_human_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_conversation_metrics_session_id")
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_conversation_metrics")),
        mysql_charset="utf8mb4",
    )
    op.create_index(
        "ix_conversation_metrics_agent",
        "conversation_metrics",
        ["agent_id", "opened_at"],
        unique=False,
    )
    op.create_index(
        "ix_conversation_metrics_channel",
        "conversation_metrics",
        ["channel_id", "opened_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_conversation_metrics_conversation_id"),
        "conversation_metrics",
        ["conversation_id"],
        unique=False,
    )
    op.create_index(
        "ix_conversation_metrics_opened", "conversation_metrics", ["opened_at"], unique=False
    )
    op.create_table(
        "messages",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("session_id", Ulid, nullable=True),
        sa.Column("conversation_id", Ulid, nullable=False),
        sa.Column(
            "sender_type",
            checked_string("sendertype", "CLIENT", "CS", "AI", "SYSTEM"),
            nullable=False,
        ),
        sa.Column(
            "direction",
            checked_string("direction", "inbound", "outbound", "internal"),
            nullable=False,
        ),
        sa.Column(
            "message_type",
            checked_string(
                "messagetype",
                "TEXT",
                "IMAGE",
                "FILE",
                "VIDEO",
                "LINK",
                "VOICE",
                "AUDIO",
                "STICKER",
                "ANIMATION",
                "VIDEO_NOTE",
                "LOCATION",
                "CONTACT",
                "OTHER",
            ),
            nullable=False,
        ),
        sa.Column("message", LongText, nullable=True),
        sa.Column("entities", Json, nullable=True),
        sa.Column("file", Json, nullable=True),
        sa.Column("file_url", sa.String(length=500), nullable=True),
        sa.Column("attributes", Json, nullable=True),
        sa.Column("reply_to_id", Key, nullable=True),
        sa.Column("author_id", Ulid, nullable=True),
        sa.Column("author_name", sa.String(length=190), nullable=True),
        sa.Column("is_read", sa.Boolean(), nullable=False),
        sa.Column(
            "delivery_state",
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
        sa.Column("delivery_error", sa.String(length=500), nullable=True),
        sa.Column("released_at", UtcDateTime(), nullable=True),
        sa.Column("edited_at", UtcDateTime(), nullable=True),
        sa.Column("history", Json, nullable=True),
        sa.Column("deleted_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["agents.id"], name=op.f("fk_messages_author_id")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_messages_conversation_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_messages_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        mysql_charset="utf8mb4",
    )
    op.create_index("ix_messages_conversation", "messages", ["conversation_id", "id"], unique=False)
    op.create_index(
        "ix_messages_session_created", "messages", ["session_id", "created_at", "id"], unique=False
    )
    op.create_index(
        "ix_messages_unread", "messages", ["session_id", "sender_type", "is_read"], unique=False
    )
    op.create_index(
        "ix_messages_written", "messages", ["direction", "created_at", "session_id"], unique=False
    )
    op.create_table(
        "queue_notices",
        sa.Column("session_id", Ulid, nullable=False),
        sa.Column("message", Key, nullable=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("low", sa.Integer(), nullable=True),
        sa.Column("high", sa.Integer(), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("edited_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_queue_notices_session_id")
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_queue_notices")),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "rating_requests",
        sa.Column("session_id", Ulid, nullable=False),
        sa.Column("conversation_id", Ulid, nullable=False),
        sa.Column("message_id", Key, nullable=False),
        sa.Column("thanks_id", Key, nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_rating_requests_conversation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_rating_requests_session_id")
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_rating_requests")),
        mysql_charset="utf8mb4",
    )
    op.create_index(
        op.f("ix_rating_requests_conversation_id"),
        "rating_requests",
        ["conversation_id"],
        unique=False,
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
    op.create_index("ix_session_tags_tag", "session_tags", ["tag_id", "session_id"], unique=False)
    op.create_table(
        "message_links",
        sa.Column("id", QueueId, nullable=False),
        sa.Column("message_id", Ulid, nullable=False),
        sa.Column("channel_id", Ulid, nullable=False),
        sa.Column("side", checked_string("side", "customer", "staff"), nullable=False),
        sa.Column("chat", Key, nullable=False),
        sa.Column("provider_id", Key, nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_message_links_channel_id")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_message_links_message_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_links")),
        mysql_charset="utf8mb4",
    )
    op.create_index(
        "ix_message_links_message", "message_links", ["message_id", "side"], unique=False
    )
    op.create_index(
        "ix_message_links_place",
        "message_links",
        ["channel_id", "chat", "provider_id"],
        unique=False,
    )
    op.create_table(
        "mentions",
        sa.Column("agent_id", Ulid, nullable=False),
        sa.Column("message_id", Ulid, nullable=False),
        sa.Column("conversation_id", Ulid, nullable=False),
        sa.Column("is_read", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_mentions_agent_id")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_mentions_conversation_id")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_mentions_message_id")
        ),
        sa.PrimaryKeyConstraint("agent_id", "message_id", name=op.f("pk_mentions")),
        mysql_charset="utf8mb4",
    )
    op.create_index(op.f("ix_mentions_message_id"), "mentions", ["message_id"], unique=False)
    op.create_index(
        "ix_mentions_unread", "mentions", ["agent_id", "is_read", "message_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("mentions")
    op.drop_table("message_links")
    op.drop_table("session_tags")
    op.drop_table("rating_requests")
    op.drop_table("queue_notices")
    op.drop_table("messages")
    op.drop_table("conversation_metrics")
    op.drop_table("conversation_handovers")
    op.drop_table("staff_places")
    op.drop_table("sessions")
    op.drop_table("own_chats")
    op.drop_table("conversations")
    op.drop_table("staff_boards")
    op.drop_table("staff_messages")
