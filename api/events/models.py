"""Schemas of the event stream."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from api.messages.models import MessageOut
from api.schemas.base import QueryModel, ResponseModel, Ulid
from api.sessions.models import SessionOut
from api.sessions.serializers import session_to_schema
from db.tables import AgentStatus, BroadcastState, EventKind, LinkStatus, RecipientState
from desk.live.cursor import PATTERN
from desk.live.details import EventDetails

EventCursorText = Annotated[str, Field(pattern=PATTERN, max_length=3000)]


# Events that name their object by its id.
_ID_FIELDS = {
    EventKind.MESSAGE_DELETED: "message_id",
    EventKind.CHANNEL_LINK: "channel_id",
    EventKind.CHANNEL_CHANGED: "channel_id",
    EventKind.CLIENT_CHANGED: "client_id",
    EventKind.TAG_CHANGED: "tag_id",
    EventKind.CANNED_REPLY_CHANGED: "canned_reply_id",
    EventKind.BROADCAST_CHANGED: "broadcast_id",
}


class EventQuery(QueryModel):
    """Which events to send, and from where."""

    channel: Ulid | None = Field(
        default=None, description="only events of sessions of this channel"
    )
    session: Ulid | None = Field(default=None, description="only events of this session")
    after: EventCursorText | None = Field(
        default=None,
        description="id of the last event that you have; the header Last-Event-ID takes precedence",
    )


class EventAgent(ResponseModel):
    """The agent that an event is about."""

    id: Ulid
    name: str | None
    status: AgentStatus | None


class EventOut(ResponseModel):
    """An event with its subject in the state in which it is when the event is sent."""

    type: EventKind
    at: datetime
    session: SessionOut | None = None
    message: MessageOut | None = None
    message_id: Ulid | None = Field(default=None, description="only with message.deleted")
    agent: EventAgent | None = Field(
        default=None,
        description="the agent who was changed, or whose status or mentions were, or who is typing;"
        " null: the customer",
    )
    from_agent_id: Ulid | None = Field(
        default=None, description="the agent who held the session before"
    )
    from_client_id: Ulid | None = Field(
        default=None, description="only with session.client: the client before the merge or unmerge"
    )
    suggestion_id: Ulid | None = Field(
        default=None,
        description="only with session.suggestion: the draft of an AI agent that stands there now",
    )
    rating: int | None = Field(
        default=None, description="only with session.rated: the customer's rating from 1 to 5"
    )
    channel_id: Ulid | None = Field(
        default=None, description="only with channel.link and channel.changed"
    )
    client_id: Ulid | None = Field(default=None, description="only with client.changed")
    canned_reply_id: Ulid | None = Field(default=None, description="only with canned_reply.changed")
    tag_id: Ulid | None = Field(default=None, description="only with tag.changed")
    tag_name: str | None = Field(
        default=None, description="only with tag.changed: its name now; null: it was deleted"
    )
    link_status: LinkStatus | None = Field(
        default=None, description="only with channel.link: status of the number's link to its phone"
    )
    broadcast_id: Ulid | None = Field(default=None, description="only with broadcast.changed")
    broadcast_state: BroadcastState | None = Field(
        default=None, description="only with broadcast.changed: its state then"
    )
    broadcast_counts: dict[RecipientState, int] | None = Field(
        default=None, description="only with broadcast.changed: its recipients by state then"
    )
    held_until: datetime | None = Field(
        default=None,
        description="only with delivery: until when the provider's limits delay the answer",
    )

    @classmethod
    def from_event(cls, event: EventDetails) -> "EventOut":  # noqa: C901 one case for each kind
        """Convert an event; fields that do not belong to its kind are omitted."""
        found: dict[str, object] = {"type": event.kind, "at": event.at}
        more = event.more or {}
        if event.session is not None:
            found["session"] = session_to_schema(event.session)
        if event.message is not None:
            found["message"] = MessageOut.from_row(event.message)
        if event.kind in _ID_FIELDS:
            found[_ID_FIELDS[event.kind]] = event.about
        match event.kind:
            case EventKind.DELIVERY if "held_until" in more:
                found["held_until"] = datetime.fromisoformat(more["held_until"])
            case EventKind.SESSION_TRANSFERRED | EventKind.SESSION_REOPENED:
                found["from_agent_id"] = more.get("from")
            case EventKind.SESSION_RATED:
                found["rating"] = more.get("rating")
            case EventKind.SESSION_SUGGESTION:
                found["suggestion_id"] = more.get("suggestion")
            case EventKind.SESSION_CLIENT:
                found["from_client_id"] = more.get("was")
            case EventKind.CHANNEL_LINK:
                found["link_status"] = more.get("status")
            case EventKind.BROADCAST_CHANGED:
                found |= {f"broadcast_{name}": each for name, each in more.items()}
            case EventKind.TAG_CHANGED:
                found["tag_name"] = more.get("name")
            case (
                EventKind.AGENT_STATUS
                | EventKind.AGENT_CHANGED
                | EventKind.TYPING
                | EventKind.MENTIONS_CHANGED
            ):
                found["agent"] = _agent_to_schema(event)
        return cls.model_validate(found)


def _agent_to_schema(event: EventDetails) -> EventAgent | None:
    if event.agent_id is None:
        return None
    status = (event.more or {}).get("status")
    return EventAgent(id=event.agent_id, name=event.agent_name, status=status)
