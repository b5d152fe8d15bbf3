"""Broadcasts: one text for many customers, and what became of it for each of them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from db.ids import BroadcastId, ChannelId, ClientId, ConversationId, MessageId, ReplyFileId
from db.tables.base import last_change, new_dict, primary_ulid, reference, timestamp
from db.types import Json, Key, LongText, Ulid, short_enum


class BroadcastState(StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    CANCELED = "canceled"


class RecipientState(StrEnum):
    """What became of a broadcast for one customer; QUEUED: it is in the outbox."""

    WAITING = "waiting"
    QUEUED = "queued"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    SKIPPED = "skipped"


class SkipReason(StrEnum):
    """Why a customer does not get a broadcast; the values are part of the API."""

    BLOCKED = "blocked"  # staff blocked the customer
    STOPPED = "stopped"  # they stopped broadcasts (/stop), or WhatsApp's marketing messages
    UNREACHABLE = "unreachable"  # they blocked the bot, or the address is gone
    CHANNEL_OFF = "channel_off"  # the channel was switched off or deleted
    NO_TEMPLATE = "no_template"  # the reply window is closed, and the broadcast has no template
    MERGED = "merged"  # merged into another client since the broadcast began
    CANCELED = "canceled"  # the broadcast was canceled while it waited to be sent


class Broadcast(SQLModel, table=True):
    """A broadcast: what is sent, to whom, and how far it is."""

    __tablename__ = "broadcasts"
    __table_args__ = (sa.Index("ix_broadcasts_recent", "created_at", "id"),)

    id: BroadcastId = primary_ulid()
    name: str = Field(sa_type=sa.String(120))
    state: BroadcastState = Field(default=BroadcastState.DRAFT, sa_type=short_enum(BroadcastState))
    # Empty: everybody gets the template.
    text: str | None = Field(default=None, sa_type=LongText)
    entities: list[dict[str, Any]] | None = Field(default=None, sa_type=Json)
    file_id: ReplyFileId | None = reference("reply_files.id", nullable=True)
    # name, values, and whether it is used where a text would do: desk/broadcasts/content.py.
    template: dict[str, Any] | None = Field(default=None, sa_type=Json)
    # Who gets it: desk/broadcasts/audience.py.
    audience: dict[str, Any] = Field(default_factory=new_dict, sa_type=Json, nullable=False)
    # Who created it, as the audit log names them.
    author_name: str = Field(sa_type=sa.String(190))
    # The last client who was looked at for the list of recipients; the list is complete then.
    listed_until: ClientId | None = Field(default=None, sa_type=Ulid)
    is_listed: bool = False
    # Counts starts and resumptions: a job of an earlier one does nothing.
    run: int = 0
    starts_at: datetime | None = timestamp(nullable=True)
    started_at: datetime | None = timestamp(nullable=True)
    ended_at: datetime | None = timestamp(nullable=True)
    created_at: datetime = timestamp()
    updated_at: datetime = last_change()


class BroadcastRecipient(SQLModel, table=True):
    """One customer of a broadcast, with the conversation in which they get it.

    Clients and conversations are no foreign keys: listing recipients must not lock customers.
    """

    __tablename__ = "broadcast_recipients"
    __table_args__ = (
        sa.Index(
            "ix_broadcast_recipients_state", "broadcast_id", "state", "channel_id", "client_id"
        ),
    )

    broadcast_id: BroadcastId = reference("broadcasts.id", primary_key=True)
    client_id: ClientId = Field(sa_type=Ulid, primary_key=True)
    channel_id: ChannelId = Field(sa_type=Ulid)
    conversation_id: ConversationId = Field(sa_type=Ulid, index=True)
    state: RecipientState = Field(sa_type=short_enum(RecipientState))
    # A SkipReason, or why it failed in words.
    reason: str | None = Field(default=None, sa_type=sa.String(500))
    message_id: MessageId | None = Field(default=None, sa_type=Key, index=True)
    changed_at: datetime = timestamp()
