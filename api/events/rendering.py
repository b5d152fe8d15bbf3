"""Events as JSON, and as the lines of a stream."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from pydantic import TypeAdapter

from api.events.models import EventOut
from desk.live.details import EventDetails

_JSON_OBJECT: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])
# Tells a CS that a session is out of their sight: somebody else holds it, or it ended untaken.
SESSION_GONE = "session.gone"


def render_event(told: EventDetails) -> bytes:
    """Render an event for whoever may see all of it."""
    return EventOut.of(told).model_dump_json(exclude_unset=True).encode()


def render_control_event(kind: str, *, at: datetime, **more: Any) -> bytes:
    """Render what is told of the stream itself."""
    return _JSON_OBJECT.dump_json({"type": kind, "at": at, **more})


def render_sse(kind: str, body: bytes, position: str | None = None) -> bytes:
    """Write one event of the stream; from `position` on a client goes on that lost it."""
    place = b"" if position is None else b"id: %s\n" % position.encode()
    return b"%sevent: %s\ndata: %s\n\n" % (place, kind.encode(), body)


@dataclass(frozen=True)
class Frame:
    """One event, rendered at most once for each who is told as much of it."""

    told: EventDetails
    # Where a client stands that was told of it.
    position: str

    @cached_property
    def body(self) -> bytes:
        return render_event(self.told)

    @cached_property
    def full(self) -> bytes:
        return render_sse(self.told.kind, self.body, self.position)

    @cached_property
    def hidden(self) -> bytes:
        return render_sse(SESSION_GONE, self._hidden_body, self.position)

    @cached_property
    def _hidden_body(self) -> bytes:
        session = self.told.session
        return render_control_event(
            SESSION_GONE, at=self.told.at, session_id=session.id if session else None
        )
