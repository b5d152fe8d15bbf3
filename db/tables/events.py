"""What happened, for those who listen, and how far each of them has read: see docs/adr/0014."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from db.tables.base import timestamp
from db.types import Key, LongText, QueueId


class EventKind(StrEnum):
    """What may happen; the values are part of the API."""

    MESSAGE_NEW = "message.new"
    MESSAGE_EDITED = "message.edited"
    MESSAGE_DELETED = "message.deleted"
    MESSAGE_READ = "message.read"
    DELIVERY = "delivery"
    SESSION_OPENED = "session.opened"
    SESSION_ASSIGNED = "session.assigned"
    SESSION_TRANSFERRED = "session.transferred"
    SESSION_ENDED = "session.ended"
    SESSION_REOPENED = "session.reopened"
    WINDOW_CLOSING = "window.closing"
    SESSION_CLIENT = "session.client"
    AGENT_STATUS = "agent.status"
    TYPING = "typing"
    CHANNEL_LINK = "channel.link"


class Event(SQLModel, table=True):
    """All that happened in one transaction: one row, whatever the batch, and no index but its id.

    Ids are given out before the commit: a smaller one may be seen after a greater one.
    """

    __tablename__ = "events"

    id: int | None = Field(default=None, sa_type=QueueId, primary_key=True)
    # Ids alone, no words: written and read by db/queries/events/events.py.
    records: str = Field(sa_type=LongText)
    created_at: datetime = timestamp()


class EventCursor(SQLModel, table=True):
    """How far a reader has come that must miss nothing."""

    __tablename__ = "event_cursors"

    name: str = Field(sa_type=Key, primary_key=True)
    position: str = Field(sa_type=LongText)
