"""The two queues and the order of their work: see docs/adr/0003-lanes.md."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from db.ids import ChannelId, ConversationId, MessageId, StaffPlaceId
from db.tables.base import new_dict, reference, timestamp
from db.types import Json, Key, LongText, QueueId, Ulid, short_enum


class Queue(StrEnum):
    """A class of lanes: answers never wait for copies, copies never for cards.

    Broadcasts go last, because nobody waits for them.
    """

    INBOX = "inbox"
    CUSTOMER = "customer"
    STAFF = "staff"
    BACKGROUND = "background"
    BROADCAST = "broadcast"

    @property
    def is_for_customers(self) -> bool:
        """Check whether customers get what is sent from it."""
        return self in {Queue.CUSTOMER, Queue.BROADCAST}


class InboxState(StrEnum):
    PENDING = "pending"
    DONE = "done"
    PARKED = "parked"


class OutboxState(StrEnum):
    """The state of an outbox row.

    SENDING is committed before the request leaves: after a crash it means "maybe sent".
    """

    PENDING = "pending"
    SENDING = "sending"
    DONE = "done"
    FAILED = "failed"
    UNCERTAIN = "uncertain"


class OutboxKind(StrEnum):
    """The action that a row asks the courier for."""

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
    MENU_BUTTON = "menu_button"


class Lane(SQLModel, table=True):
    """One conversation's order in one queue; one worker at a time claims the whole lane."""

    __tablename__ = "lanes"
    __table_args__ = (sa.Index("ix_lanes_due", "queue", "due_at", "rate_limit_key"),)

    queue: Queue = Field(sa_type=short_enum(Queue), primary_key=True)
    lane: str = Field(sa_type=Key, primary_key=True)
    # The rate-limit key of what the lane sends; empty: no limit applies.
    rate_limit_key: str = Field(default="", sa_type=Key)
    due_at: datetime | None = timestamp(nullable=True)
    # The claim that holds the lane. Each claim has its own token, so a worker with an expired lease
    # cannot settle anything.
    lease: str | None = Field(default=None, sa_type=Ulid, index=True)
    lease_until: datetime | None = timestamp(nullable=True)


class Inbox(SQLModel, table=True):
    """An update as the provider sent it, stored before it is acknowledged."""

    __tablename__ = "inbox"
    __table_args__ = (
        sa.UniqueConstraint("channel_id", "provider_id"),
        # Includes due_at: the index alone tells rows that are due from rows that wait for a later
        # time.
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
    """One action to be done at a provider."""

    __tablename__ = "outbox"
    __table_args__ = (sa.Index("ix_outbox_lane", "state", "lane", "id"),)

    id: int | None = Field(default=None, sa_type=QueueId, primary_key=True)
    channel_id: ChannelId = reference("channels.id")
    conversation_id: ConversationId | None = reference("conversations.id", nullable=True)
    message_id: MessageId | None = Field(default=None, sa_type=Key, index=True)
    # Where staff is to see it. No foreign key: a row that waits must not lock its place.
    place_id: StaffPlaceId | None = Field(default=None, sa_type=Ulid)
    lane: str = Field(sa_type=Key)
    kind: OutboxKind = Field(sa_type=short_enum(OutboxKind))
    payload: dict[str, Any] = Field(default_factory=new_dict, sa_type=Json, nullable=False)
    # At most one row has this key while it is kept: "you are not bound", "an update was parked" …
    dedup_key: str | None = Field(default=None, sa_type=Key, unique=True)
    state: OutboxState = Field(default=OutboxState.PENDING, sa_type=short_enum(OutboxState))
    attempts: int = 0
    error: str | None = Field(default=None, sa_type=sa.String(500))
    due_at: datetime = timestamp()
    created_at: datetime = timestamp()
    settled_at: datetime | None = timestamp(nullable=True)


class RateLimitBackoff(SQLModel, table=True):
    """A rate-limit key that the provider closed (429): kept over a restart."""

    __tablename__ = "rate_limit_backoffs"

    rate_limit_key: str = Field(sa_type=Key, primary_key=True)
    until: datetime = timestamp()


class RateLimitUsage(SQLModel, table=True):
    """The calls of a bot or number that count against its provider's limits: see docs/adr/0010."""

    __tablename__ = "rate_limit_usage"

    owner: str = Field(sa_type=Key, primary_key=True)
    # Rate-limit key → Unix times of the calls that a limit still counts.
    calls: dict[str, list[float]] = Field(default_factory=new_dict, sa_type=Json, nullable=False)
