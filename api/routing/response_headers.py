"""Headers that a handler adds to its response."""

from dataclasses import dataclass, field

# A GET that has this header gets it back with the event log's position at that time: the events
# after it (`/events?after=…`) are those that the response does not have yet.
POSITION_HEADER = "X-Event-Position"


@dataclass(frozen=True, slots=True)
class ResponseHeaders:
    """Headers of one response, besides those that every response has."""

    values: dict[str, str] = field(default_factory=dict)

    def set(self, name: str, value: str) -> None:
        """Set a header; a transaction that runs again sets it again."""
        self.values[name] = value
