"""The event log, and how far each reader has read it: see docs/adr/0014."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from db.tables.base import timestamp
from db.types import Key, LongText, QueueId


class EventKind(StrEnum):
    """The kinds of events; the values are part of the API."""

    MESSAGE_NEW = "message.new"
    MESSAGE_EDITED = "message.edited"
    MESSAGE_DELETED = "message.deleted"
    MESSAGE_READ = "message.read"
    MESSAGE_REACTION = "message.reaction"
    DELIVERY = "delivery"
    SESSION_OPENED = "session.opened"
    SESSION_ASSIGNED = "session.assigned"
    SESSION_TRANSFERRED = "session.transferred"
    SESSION_ENDED = "session.ended"
    SESSION_REOPENED = "session.reopened"
    SESSION_TAGS = "session.tags"
    SESSION_RATED = "session.rated"
    SESSION_PRIORITY = "session.priority"
    SESSION_SNOOZED = "session.snoozed"
    SESSION_SLA = "session.sla"
    SESSION_SUGGESTION = "session.suggestion"
    WINDOW_CLOSING = "window.closing"
    SESSION_CLIENT = "session.client"
    AGENT_STATUS = "agent.status"
    AGENT_CHANGED = "agent.changed"
    TAG_CHANGED = "tag.changed"
    MENTIONS_CHANGED = "mentions.changed"
    TYPING = "typing"
    CHANNEL_LINK = "channel.link"
    CHANNEL_CHANGED = "channel.changed"
    CLIENT_CHANGED = "client.changed"
    CANNED_REPLY_CHANGED = "canned_reply.changed"
    BROADCAST_CHANGED = "broadcast.changed"


class Event(SQLModel, table=True):
    """All events of one transaction: one row for any batch, and no index besides its id.

    Ids are assigned before the commit: a reader may see a smaller id after a greater one.
    """

    __tablename__ = "events"

    id: int | None = Field(default=None, sa_type=QueueId, primary_key=True)
    # Only ids, no text; db/queries/events/events.py writes and reads it.
    records: str = Field(sa_type=LongText)
    created_at: datetime = timestamp()


class EventCursor(SQLModel, table=True):
    """The position of a reader that must not miss an event."""

    __tablename__ = "event_cursors"

    name: str = Field(sa_type=Key, primary_key=True)
    position: str = Field(sa_type=LongText)
