"""Messages, and the copies of each message at providers."""

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
    """The delivery state of a message; HELD waits until an agent decides whether to send it."""

    RECEIVED = "received"
    HELD = "held"
    PENDING = "pending"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    UNCERTAIN = "uncertain"


# A message in one of these states was not sent, or did not arrive.
NOT_SENT = frozenset({DeliveryState.HELD, DeliveryState.FAILED})


class Side(StrEnum):
    """The side that sees a copy: the customer or the staff."""

    CUSTOMER = "customer"
    STAFF = "staff"


class Message(SQLModel, table=True):
    """A message of a conversation, usually in a session (the reference schema's `chats`)."""

    __tablename__ = "messages"
    __table_args__ = (
        sa.Index("ix_messages_session_created", "session_id", "created_at", "id"),
        sa.Index("ix_messages_unread", "session_id", "sender_type", "is_read"),
        sa.Index("ix_messages_conversation", "conversation_id", "id"),
        # All that the report about hours reads of a message.
        sa.Index("ix_messages_written", "direction", "created_at", "session_id"),
    )

    id: MessageId = primary_ulid()
    # Empty: said while no session was open: on the business's phone, or before it was linked.
    session_id: SessionId | None = reference("sessions.id", nullable=True)
    conversation_id: ConversationId = reference("conversations.id")
    sender_type: SenderType = Field(sa_type=short_enum(SenderType))
    direction: Direction = Field(sa_type=short_enum(Direction))
    message_type: MessageType = Field(sa_type=short_enum(MessageType))
    message: str | None = Field(default=None, sa_type=LongText)
    # Telegram's entities: offsets and lengths in UTF-16 code units.
    entities: list[dict[str, Any]] | None = Field(default=None, sa_type=Json)
    # The provider's reference to the file: id, name, MIME type, size.
    file: dict[str, Any] | None = Field(default=None, sa_type=Json)
    file_url: str | None = Field(default=None, sa_type=sa.String(500))
    # Data without a column: coordinates, a shared contact, an album's id.
    attributes: dict[str, Any] | None = Field(default=None, sa_type=Json)
    # No foreign key: a reply in a batch may be written before the message that it replies to.
    reply_to_id: MessageId | None = Field(default=None, sa_type=Key)
    author_id: AgentId | None = reference("agents.id", nullable=True)
    author_name: str | None = Field(default=None, sa_type=sa.String(190))
    is_read: bool = False
    delivery_state: DeliveryState = Field(sa_type=short_enum(DeliveryState))
    delivery_error: str | None = Field(default=None, sa_type=sa.String(500))
    # When an answer that was held was sent; empty: it was sent when it was written, or is held.
    released_at: datetime | None = timestamp(nullable=True)
    edited_at: datetime | None = timestamp(nullable=True)
    # Earlier texts, each with the time when it was replaced, oldest first.
    history: list[dict[str, Any]] | None = Field(default=None, sa_type=Json)
    # When staff deleted it for the customer; the text stays here.
    deleted_at: datetime | None = timestamp(nullable=True)
    created_at: datetime = timestamp()


class Mention(SQLModel, table=True):
    """An agent is named in a note of a colleague."""

    __tablename__ = "mentions"
    __table_args__ = (sa.Index("ix_mentions_unread", "agent_id", "is_read", "message_id"),)

    agent_id: AgentId = reference("agents.id", primary_key=True)
    message_id: MessageId = reference("messages.id", primary_key=True, index=True)
    conversation_id: ConversationId = reference("conversations.id")
    is_read: bool = False
    created_at: datetime = timestamp()


class MessageLink(SQLModel, table=True):
    """One copy of a message: a message has many copies, and a copy can hold several messages."""

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
