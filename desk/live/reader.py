"""Reads the log of events on and on: each row once, also those that become visible late."""

import time
from collections.abc import Callable, Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from db.queries.events import events
from db.queries.events.events import EventLogRow
from desk.live.cursor import MOST_OPEN, Position

# Of a row that is not there after so many seconds it is believed that its transaction was undone.
# None of ours lives nearly as long: docs/adr/0014-events.md.
PATIENCE = 120.0
# A transaction that is about to commit has written its row so many rows ago at the most.
_AROUND = 1000
_FEW = 20
MOST_BEHIND = 50_000
# Rows of a busy desk hold a hundred events each; what they are about is read for so many at once.
MOST_EVENTS = 300


async def present(tx: AsyncSession) -> Position:
    """Give the position that lies after all that can be seen now, and before all that cannot."""
    newest = await events.list_newest_ids(tx, _AROUND)
    if not newest:
        return Position()
    # A log that has hardly begun, or was nearly emptied, may have its first rows on their way.
    lowest = max(1, newest[-1] - max(0, _FEW - len(newest)))
    missing = set(range(lowest, newest[0])) - set(newest)
    return Position(newest[0], dict.fromkeys(sorted(missing)[-MOST_OPEN:], 0))


async def is_lost(tx: AsyncSession, position: Position) -> bool:
    """Tell whether something after this position was removed, or is of another database.

    Or there is so much of it that reading everything anew costs less.
    """
    newest, oldest = await events.list_newest_ids(tx, 1), await events.find_oldest_id(tx)
    if not newest or oldest is None:
        return position.top > 0
    behind = newest[0] - position.top
    return behind < 0 or behind > MOST_BEHIND or 0 < position.top < oldest - 1


async def read_between(
    tx: AsyncSession, after: Position, until: Position, *, most: int
) -> list[EventLogRow]:
    """Read what whoever is at `until` was told, and whoever is at `after` was not."""
    if until.top <= after.top and all(row in until.open for row in after.open):
        return []
    missed = [row for row in after.open if until.has(row)]
    rows = await events.read(tx, after.top, missed, most=most + len(until.open))
    return some([row for row in rows if until.has(row.id)][:most])


def is_full(rows: Sequence[EventLogRow], most: int) -> bool:
    """Tell whether there may be more where a reader that asked for `most` rows got these."""
    return len(rows) == most or sum(len(row.records) for row in rows) >= MOST_EVENTS


def some(rows: Sequence[EventLogRow]) -> list[EventLogRow]:
    """Give the first of these rows, as many as can be told at once."""
    many, taken = 0, 0
    while taken < len(rows) and many < MOST_EVENTS:
        many, taken = many + len(rows[taken].records), taken + 1
    return list(rows[:taken])


class Reader:
    """One reader's way along the log; `position` is where it has come to."""

    def __init__(
        self,
        position: Position,
        *,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.monotonic,
        open_since: Mapping[int, float] | None = None,
    ) -> None:
        """`open_since` is that of an earlier reader, who waited for some rows already."""
        self.position = position
        self.open_since: Mapping[int, float] = open_since or {}
        self._patience = patience
        self._clock = clock

    async def look(self, tx: AsyncSession, *, most: int) -> list[EventLogRow]:
        """Read the next rows; the position stays where it is, as the work may be repeated."""
        return some(await events.read(tx, self.position.top, self.position.open, most=most))

    def pass_by(self, rows: Sequence[EventLogRow]) -> None:
        """Go on behind rows that were told."""
        for row in rows:
            self.position = self.position.after(row.id)
        self._forget_undone()

    def _forget_undone(self) -> None:
        now, still_open = self._clock(), self.position.open
        since = {row: self.open_since.get(row, now) for row in still_open}
        undone = {row for row, at in since.items() if now - at > self._patience}
        self.position = self.position.without(undone)
        self.open_since = {row: at for row, at in since.items() if row not in undone}
