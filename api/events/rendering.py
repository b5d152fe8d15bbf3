"""Render events as JSON and as server-sent events."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from pydantic import TypeAdapter

from api.events.models import EventOut
from desk.live.details import EventDetails
from desk.live.presence import Presence

_JSON_OBJECT: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])
# Tells a CS agent that a session is hidden now: another agent holds it, or it ended unassigned.
SESSION_GONE = "session.gone"
# Tells where another agent is now.
PRESENCE = "presence"


def render_event(event: EventDetails) -> bytes:
    """Render an event for a subscriber who may see all of it."""
    return EventOut.from_event(event).model_dump_json(exclude_unset=True).encode()


def render_control_event(kind: str, *, at: datetime, **more: Any) -> bytes:
    """Render a control event, which is about the stream itself."""
    return _JSON_OBJECT.dump_json({"type": kind, "at": at, **more})


def render_sse(kind: str, body: bytes, position: str | None = None) -> bytes:
    """Render one server-sent event; a client reconnects from its `position`."""
    place = b"" if position is None else b"id: %s\n" % position.encode()
    return b"%sevent: %s\ndata: %s\n\n" % (place, kind.encode(), body)


def render_presence(presence: Presence, at: datetime) -> bytes:
    """Render where an agent is; it has no position, because it is not in the event log."""
    agent = {"id": presence.agent_id, "name": presence.agent_name}
    body = render_control_event(
        PRESENCE, at=at, session_id=presence.session_id, agent=agent, state=presence.state
    )
    return render_sse(PRESENCE, body)


@dataclass(frozen=True)
class Frame:
    """One event, rendered at most once for each level of visibility."""

    event: EventDetails
    # The cursor of a client that has received this event.
    position: str

    @cached_property
    def body(self) -> bytes:
        return render_event(self.event)

    @cached_property
    def full(self) -> bytes:
        return render_sse(self.event.kind, self.body, self.position)

    @cached_property
    def hidden(self) -> bytes:
        return render_sse(SESSION_GONE, self._hidden_body, self.position)

    @cached_property
    def _hidden_body(self) -> bytes:
        session = self.event.session
        return render_control_event(
            SESSION_GONE, at=self.event.at, session_id=session.id if session else None
        )
