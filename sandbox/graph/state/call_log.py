"""What was called, for tests to look at: a bounded ring that can be switched off."""

from collections import deque
from dataclasses import dataclass, field

from sandbox.graph.model.shapes import Json

RING = 20_000


@dataclass(slots=True)
class CallLog:
    """The last calls in order, numbered from 1."""

    recording: bool = True
    last_seq: int = 0
    ring: deque[Json] = field(default_factory=lambda: deque(maxlen=RING))

    def note(self, entry: Json) -> None:
        """Record one call."""
        if self.recording:
            self.last_seq += 1
            self.ring.append({"seq": self.last_seq, **entry})

    def select(self, call: str | None, to: str | None, after: int) -> list[Json]:
        """Return the calls after number `after`, of one kind and to one recipient if set."""
        return [
            one
            for one in self.ring
            if one["seq"] > after
            and (call is None or one["call"] == call)
            and (to is None or one["to"] == to)
        ]
