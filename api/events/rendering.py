"""Events as JSON, and as the lines of a stream."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from pydantic import TypeAdapter

from api.events.models import EventOut
from desk.live.details import EventDetails

_ANY: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])
# Tells a CS that a session is out of their sight: somebody else holds it, or it ended untaken.
GONE = "session.gone"


def body_of(told: EventDetails) -> bytes:
    """Render an event for whoever may see all of it."""
    return EventOut.of(told).model_dump_json(exclude_unset=True).encode()


def signal(kind: str, *, at: datetime, **more: Any) -> bytes:
    """Render what is told of the stream itself."""
    return _ANY.dump_json({"type": kind, "at": at, **more})


def lines(kind: str, body: bytes, position: str | None = None) -> bytes:
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
        return body_of(self.told)

    @cached_property
    def all_of_it(self) -> bytes:
        return lines(self.told.kind, self.body, self.position)

    @cached_property
    def gone(self) -> bytes:
        return lines(GONE, self._gone_body, self.position)

    @cached_property
    def _gone_body(self) -> bytes:
        session = self.told.session
        return signal(GONE, at=self.told.at, session_id=session.id if session else None)
