"""The two queues and the order of their work: see docs/adr/0003-lanes.md."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from db.ids import ChannelId, ConversationId, MessageId
from db.tables.base import reference, timestamp
from db.types import Json, Key, LongText, QueueId, Ulid, short_enum


class Queue(StrEnum):
    """A class of lanes: answers never wait behind copies, copies never behind cards."""

    INBOX = "inbox"
    CUSTOMER = "customer"
    STAFF = "staff"
    BACKGROUND = "background"


class InboxState(StrEnum):
    PENDING = "pending"
    DONE = "done"
    PARKED = "parked"


class OutboxState(StrEnum):
    """SENDING was committed before the request left: after a crash it means "maybe sent"."""

    PENDING = "pending"
    SENDING = "sending"
    DONE = "done"
    FAILED = "failed"
    UNCERTAIN = "uncertain"


class OutboxKind(StrEnum):
    """What a row asks the courier to do."""

    ANSWER = "answer"
    NOTICE = "notice"
    COPY = "copy"
    STAFF_NOTICE = "staff_notice"
    EDIT = "edit"
    REACTION = "reaction"
    DELETE = "delete"
    CARD = "card"
    PIN = "pin"
    GENERAL = "general"
    BUTTON_REPLY = "button_reply"
    SEEN = "seen"


class Lane(SQLModel, table=True):
    """One conversation's order in one queue; claimed whole, by one worker at a time."""

    __tablename__ = "lanes"
    __table_args__ = (sa.Index("ix_lanes_due", "queue", "due_at", "rate_limit_key"),)

    queue: Queue = Field(sa_type=short_enum(Queue), primary_key=True)
    lane: str = Field(sa_type=Key, primary_key=True)
    # Whose limits the lane's sends fall under; empty: nobody's.
    rate_limit_key: str = Field(default="", sa_type=Key)
    due_at: datetime | None = timestamp(nullable=True)
    # The claim that holds the lane: every claim has its own, so a worker whose lease ran out can
    # settle nothing.
    lease: str | None = Field(default=None, sa_type=Ulid, index=True)
    lease_until: datetime | None = timestamp(nullable=True)


class Inbox(SQLModel, table=True):
    """An update as the provider sent it, kept before it is acknowledged."""

    __tablename__ = "inbox"
    __table_args__ = (
        sa.UniqueConstraint("channel_id", "provider_id"),
        # The time too: what is due is told from what is set for later without reading the rows.
        sa.Index("ix_inbox_waiting", "state", "lane", "id", "due_at"),
    )

    id: int | None = Field(default=None, sa_type=QueueId, primary_key=True)
    channel_id: ChannelId = reference("channels.id")
    provider_id: str = Field(sa_type=Key)
    lane: str = Field(sa_type=Key)
    payload: str = Field(sa_type=LongText)
    state: InboxState = Field(default=InboxState.PENDING, sa_type=short_enum(InboxState))
    attempts: int = 0
    error: str | None = Field(default=None, sa_type=LongText)
    due_at: datetime = timestamp()
    received_at: datetime = timestamp()
    settled_at: datetime | None = timestamp(nullable=True)


class Outbox(SQLModel, table=True):
    """Something to be done at a provider."""

    __tablename__ = "outbox"
    __table_args__ = (sa.Index("ix_outbox_lane", "state", "lane", "id"),)

    id: int | None = Field(default=None, sa_type=QueueId, primary_key=True)
    channel_id: ChannelId = reference("channels.id")
    conversation_id: ConversationId | None = reference("conversations.id", nullable=True)
    message_id: MessageId | None = Field(default=None, sa_type=Key, index=True)
    lane: str = Field(sa_type=Key)
    kind: OutboxKind = Field(sa_type=short_enum(OutboxKind))
    payload: dict[str, Any] = Field(default_factory=dict, sa_type=Json, nullable=False)
    # Said at most once while the row is kept: "you are not bound", "an update was parked" …
    dedup_key: str | None = Field(default=None, sa_type=Key, unique=True)
    state: OutboxState = Field(default=OutboxState.PENDING, sa_type=short_enum(OutboxState))
    attempts: int = 0
    error: str | None = Field(default=None, sa_type=sa.String(500))
    due_at: datetime = timestamp()
    created_at: datetime = timestamp()
    settled_at: datetime | None = timestamp(nullable=True)


class RateLimitBackoff(SQLModel, table=True):
    """A gate that the provider closed (429): outlives a restart."""

    __tablename__ = "rate_limit_backoffs"

    rate_limit_key: str = Field(sa_type=Key, primary_key=True)
    until: datetime = timestamp()
    strikes: int = 1


class RateLimitUsage(SQLModel, table=True):
    """What a bot or number has spent of its provider's limits: see docs/adr/0010."""

    __tablename__ = "rate_limit_usage"

    owner: str = Field(sa_type=Key, primary_key=True)
    # Unix times of the calls through each gate that a limit still remembers.
    calls: dict[str, list[float]] = Field(default_factory=dict, sa_type=Json, nullable=False)
