"""Track exactly how far a reader of the event log has come, so that no event is lost or repeated.

Rows get their numbers before their transactions commit, so a row may appear below one that was
already read. A cursor therefore has the greatest row that was passed, and each lower row that was
not seen yet. If only some events of a row were sent, it has their count.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

# At most so many rows below the newest one may still be uncommitted.
MAX_PENDING = 100
PATTERN = rf"^[0-9]{{1,18}}(-[0-9]{{1,18}}(\.[0-9]{{1,6}})?){{0,{MAX_PENDING}}}$"
_PATTERN = re.compile(PATTERN, re.ASCII)


@dataclass(frozen=True, slots=True)
class EventCursor:
    """A position in the event log; immutable."""

    top: int = 0
    # Rows up to `top` that were not sent in full → how many of their events were sent.
    pending: Mapping[int, int] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> "EventCursor":
        """Parse a cursor from its `str` form; raise ValueError."""
        if not _PATTERN.fullmatch(text):
            raise ValueError("is not a valid event cursor")
        top, *rest = text.split("-")
        parts = (each.partition(".") for each in rest)
        return cls(int(top), {int(row): int(count or 0) for row, _, count in parts})

    def __str__(self) -> str:
        pending = (
            f"-{row}.{count}" if count else f"-{row}" for row, count in sorted(self.pending.items())
        )
        return f"{self.top}{''.join(pending)}"

    def has_passed(self, row: int) -> bool:
        """Check whether all events of a row were sent."""
        return row <= self.top and row not in self.pending

    def count_sent(self, row: int) -> int:
        """Return how many events of a row that is not sent in full were sent."""
        return self.pending.get(row, 0)

    def advance_to(self, row: int) -> "EventCursor":
        """Return the cursor once this row is reached; rows skipped on the way stay pending."""
        if row <= self.top:
            return self
        skipped = range(max(self.top + 1, row - MAX_PENDING), row)
        return EventCursor(row, _keep_newest({**self.pending, **dict.fromkeys(skipped, 0), row: 0}))

    def advance_past(self, row: int, sent: int | None = None) -> "EventCursor":
        """Return the cursor after this row, or after the first `sent` events of it."""
        reached = self.advance_to(row)
        rest = {each: count for each, count in reached.pending.items() if each != row}
        return EventCursor(reached.top, rest if sent is None else {**rest, row: sent})

    def drop(self, rows: "set[int]") -> "EventCursor":
        """Return the cursor without these rows, which will never come."""
        if rows.isdisjoint(self.pending):
            return self
        return EventCursor(
            self.top, {r: count for r, count in self.pending.items() if r not in rows}
        )

    def covers(self, other: "EventCursor") -> bool:
        """Check whether a reader at this cursor has been sent everything that `other` was sent."""
        known = any(other.has_passed(row) or other.count_sent(row) for row in self.pending)
        return self.top >= other.top and not known


def _keep_newest(open_rows: Mapping[int, int]) -> dict[int, int]:
    if len(open_rows) <= MAX_PENDING:
        return dict(open_rows)
    return {row: open_rows[row] for row in sorted(open_rows)[-MAX_PENDING:]}
