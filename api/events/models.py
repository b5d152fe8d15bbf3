"""Schemas of the event stream."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from api.messages.models import MessageOut
from api.schemas.base import QueryModel, ResponseModel, Ulid
from api.sessions.models import SessionOut
from api.sessions.serializers import session_to_schema
from db.tables import AgentStatus, EventKind, LinkStatus
from desk.live.cursor import PATTERN
from desk.live.details import EventDetails

EventCursorText = Annotated[str, Field(pattern=PATTERN, max_length=3000)]


class EventQuery(QueryModel):
    """Which events to send, and from where."""

    channel: Ulid | None = Field(default=None, description="of sessions of this channel alone")
    session: Ulid | None = Field(default=None, description="of this session alone")
    after: EventCursorText | None = Field(
        default=None,
        description="the id of the last event that you have; the header Last-Event-ID, where"
        " there is one, counts more",
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
    message_id: Ulid | None = Field(default=None, description="of message.deleted")
    agent: EventAgent | None = Field(
        default=None, description="whose status it is, or who types; null: the customer"
    )
    from_agent_id: Ulid | None = Field(default=None, description="who held the session before")
    from_client_id: Ulid | None = Field(
        default=None, description="of session.client: whose it was, before they were joined or not"
    )
    channel_id: Ulid | None = Field(default=None, description="of channel.link")
    link_status: LinkStatus | None = Field(
        default=None, description="of channel.link: how the number's link to its phone stands"
    )
    held_until: datetime | None = Field(
        default=None, description="of delivery: the provider's limits hold the answer up"
    )

    @classmethod
    def of(cls, told: EventDetails) -> "EventOut":
        """Convert an event; fields that do not belong to its kind are omitted."""
        found: dict[str, object] = {"type": told.kind, "at": told.at}
        more = told.more or {}
        if told.session is not None:
            found["session"] = session_to_schema(told.session)
        if told.message is not None:
            found["message"] = MessageOut.of(told.message)
        match told.kind:
            case EventKind.MESSAGE_DELETED:
                found["message_id"] = told.about
            case EventKind.DELIVERY if "held_until" in more:
                found["held_until"] = datetime.fromisoformat(more["held_until"])
            case EventKind.SESSION_TRANSFERRED | EventKind.SESSION_REOPENED:
                found["from_agent_id"] = more.get("from")
            case EventKind.SESSION_CLIENT:
                found["from_client_id"] = more.get("was")
            case EventKind.CHANNEL_LINK:
                found |= {"channel_id": told.about, "link_status": more.get("status")}
            case EventKind.AGENT_STATUS | EventKind.TYPING:
                found["agent"] = _agent_to_schema(told)
        return cls.model_validate(found)


def _agent_to_schema(told: EventDetails) -> EventAgent | None:
    if told.agent_id is None:
        return None
    status = (told.more or {}).get("status")
    return EventAgent(id=told.agent_id, name=told.agent_name, status=status)
