"""Conversations, sessions, handovers, messages and their copies.

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
        "conversations",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("contact_id", Ulid, nullable=False),
        sa.Column("channel_id", Ulid, nullable=False),
        sa.Column("assigned_agent_id", Ulid, nullable=True),
        sa.Column("reply_until", UtcDateTime(), nullable=True),
        sa.Column("last_inbound_id", Key, nullable=True),
        sa.Column("recent_notes", Json, nullable=True),
        sa.Column("unread_count", sa.Integer(), nullable=False),
        sa.Column("session_count", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("last_message_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
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
        op.f("ix_conversations_assigned_agent_id"),
        "conversations",
        ["assigned_agent_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_conversations_last_message_at"), "conversations", ["last_message_at"], unique=False
    )
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


def downgrade() -> None:
    op.drop_table("message_links")
    op.drop_table("messages")
    op.drop_table("conversation_handovers")
    op.drop_table("sessions")
    op.drop_table("staff_places")
    op.drop_table("conversations")
