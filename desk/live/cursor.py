"""How far a reader of the events has come, said so exactly that nothing is lost or told twice.

Rows are numbered before their transactions commit, so a row may appear below one that was read. A
position therefore names the greatest row that was passed, and each row below it that was not seen
yet; and where only some of a row's events were told, how count.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

# So count rows below the newest may still be on their way.
MAX_PENDING = 100
PATTERN = rf"^[0-9]{{1,18}}(-[0-9]{{1,18}}(\.[0-9]{{1,6}})?){{0,{MAX_PENDING}}}$"
_PATTERN = re.compile(PATTERN, re.ASCII)


@dataclass(frozen=True, slots=True)
class EventCursor:
    """A place in the log of events; immutable."""

    top: int = 0
    # Rows up to `top` that were not told in full → how count of their events were.
    pending: Mapping[int, int] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> "EventCursor":
        """Read a position from what `str` gave; raises ValueError."""
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
        """Tell whether a row was told in full."""
        return row <= self.top and row not in self.pending

    def count_sent(self, row: int) -> int:
        """Tell how count of the events of a row that is not told in full were told."""
        return self.pending.get(row, 0)

    def advance_to(self, row: int) -> "EventCursor":
        """Give the position once this row is reached; what is skipped on the way stays open."""
        if row <= self.top:
            return self
        skipped = range(max(self.top + 1, row - MAX_PENDING), row)
        return EventCursor(row, _keep_newest({**self.pending, **dict.fromkeys(skipped, 0), row: 0}))

    def advance_past(self, row: int, sent: int | None = None) -> "EventCursor":
        """Give the position after this row, or after the first `told` events of it."""
        reached = self.advance_to(row)
        rest = {each: count for each, count in reached.pending.items() if each != row}
        return EventCursor(reached.top, rest if sent is None else {**rest, row: sent})

    def drop(self, rows: "set[int]") -> "EventCursor":
        """Give the position for which these rows will never come."""
        if rows.isdisjoint(self.pending):
            return self
        return EventCursor(
            self.top, {r: count for r, count in self.pending.items() if r not in rows}
        )

    def covers(self, other: "EventCursor") -> bool:
        """Tell whether whoever is here is still to be told nothing that `other` was told."""
        known = any(other.has_passed(row) or other.count_sent(row) for row in self.pending)
        return self.top >= other.top and not known


def _keep_newest(open_rows: Mapping[int, int]) -> dict[int, int]:
    if len(open_rows) <= MAX_PENDING:
        return dict(open_rows)
    return {row: open_rows[row] for row in sorted(open_rows)[-MAX_PENDING:]}
