"""Messages, and where each copy of one stands at a provider."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from db.ids import AgentId, ChannelId, ConversationId, MessageId, SessionId
from db.tables.base import primary_ulid, reference, timestamp
from db.types import Json, Key, LongText, QueueId, short_enum


class SenderType(StrEnum):
    CLIENT = "CLIENT"
    CS = "CS"
    AI = "AI"
    SYSTEM = "SYSTEM"


class Direction(StrEnum):
    INBOUND = "inbound"
    OUTBOUND = "outbound"
    INTERNAL = "internal"


class MessageType(StrEnum):
    TEXT = "TEXT"
    IMAGE = "IMAGE"
    FILE = "FILE"
    VIDEO = "VIDEO"
    LINK = "LINK"
    VOICE = "VOICE"
    AUDIO = "AUDIO"
    STICKER = "STICKER"
    ANIMATION = "ANIMATION"
    VIDEO_NOTE = "VIDEO_NOTE"
    LOCATION = "LOCATION"
    CONTACT = "CONTACT"
    OTHER = "OTHER"


class DeliveryState(StrEnum):
    """How far an answer got; HELD waits for a person to say who sends it."""

    RECEIVED = "received"
    HELD = "held"
    PENDING = "pending"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    UNCERTAIN = "uncertain"


class Side(StrEnum):
    """Where a copy stands: with the customer or with the staff."""

    CUSTOMER = "customer"
    STAFF = "staff"


class Message(SQLModel, table=True):
    """One thing that somebody said in a session (the reference schema's `chats`)."""

    __tablename__ = "messages"
    __table_args__ = (
        sa.Index("ix_messages_session_created", "session_id", "created_at", "id"),
        sa.Index("ix_messages_unread", "session_id", "sender_type", "is_read"),
        sa.Index("ix_messages_conversation", "conversation_id", "id"),
    )

    id: MessageId = primary_ulid()
    session_id: SessionId = reference("sessions.id")
    conversation_id: ConversationId = reference("conversations.id")
    sender_type: SenderType = Field(sa_type=short_enum(SenderType))
    direction: Direction = Field(sa_type=short_enum(Direction))
    message_type: MessageType = Field(sa_type=short_enum(MessageType))
    message: str | None = Field(default=None, sa_type=LongText)
    # Telegram's entities: offsets and lengths in UTF-16 code units.
    entities: list[dict[str, Any]] | None = Field(default=None, sa_type=Json)
    # The provider's reference to the file: id, name, mime, size.
    file: dict[str, Any] | None = Field(default=None, sa_type=Json)
    file_url: str | None = Field(default=None, sa_type=sa.String(500))
    # What the other columns cannot hold: coordinates, a shared contact, an album's id.
    attributes: dict[str, Any] | None = Field(default=None, sa_type=Json)
    # No foreign key: a message of a batch may be written after the one that replies to it.
    reply_to_id: MessageId | None = Field(default=None, sa_type=Key)
    author_id: AgentId | None = reference("agents.id", nullable=True)
    author_name: str | None = Field(default=None, sa_type=sa.String(190))
    is_read: bool = False
    delivery_state: DeliveryState = Field(sa_type=short_enum(DeliveryState))
    delivery_error: str | None = Field(default=None, sa_type=sa.String(500))
    edited_at: datetime | None = timestamp(nullable=True)
    # Earlier texts with the time each was replaced, oldest first.
    history: list[dict[str, Any]] | None = Field(default=None, sa_type=Json)
    # When staff took it back from the customer; what it said stays.
    deleted_at: datetime | None = timestamp(nullable=True)
    created_at: datetime = timestamp()


class MessageLink(SQLModel, table=True):
    """Where one copy of a message stands: many copies to a message, many messages to a copy."""

    __tablename__ = "message_links"
    __table_args__ = (
        sa.Index("ix_message_links_place", "channel_id", "chat", "provider_id"),
        sa.Index("ix_message_links_message", "message_id", "side"),
    )

    id: int | None = Field(default=None, sa_type=QueueId, primary_key=True)
    message_id: MessageId = reference("messages.id")
    channel_id: ChannelId = reference("channels.id")
    side: Side = Field(sa_type=short_enum(Side))
    chat: str = Field(sa_type=Key)
    provider_id: str = Field(sa_type=Key)
