"""Read the event log continuously: each row once, also rows that become visible late."""

import time
from collections.abc import Callable, Mapping, Sequence

from db.database import Transaction
from db.queries.events import events
from db.queries.events.events import EventLogRow
from desk.live.cursor import MAX_PENDING, EventCursor

# A row that is still missing after so many seconds is taken as rolled back. None of our
# transactions lives nearly as long: docs/adr/0014-events.md.
MISSING_ROW_TIMEOUT = 120.0
# A transaction that is about to commit wrote its row at most this many rows ago.
_SCAN_ROWS = 1000
_FEW = 20
MAX_BEHIND = 50_000
# Rows of a busy desk hold a hundred events each; details are loaded for so many events at once.
MAX_EVENTS = 300


async def read_current_cursor(tx: Transaction) -> EventCursor:
    """Return the cursor after all rows that are visible now, and before all that are not."""
    newest = await events.list_newest_ids(tx, _SCAN_ROWS)
    if not newest:
        return EventCursor()
    # If the log is new or was nearly emptied, its first rows may not be committed yet.
    lowest = max(1, newest[-1] - max(0, _FEW - len(newest)))
    missing = set(range(lowest, newest[0])) - set(newest)
    return EventCursor(newest[0], dict.fromkeys(sorted(missing)[-MAX_PENDING:], 0))


async def is_lost(tx: Transaction, cursor: EventCursor) -> bool:
    """Check whether rows after this cursor were removed, or it is of another database.

    Also true if it is so far behind that loading everything again costs less.
    """
    newest, oldest = await events.list_newest_ids(tx, 1), await events.find_oldest_id(tx)
    if not newest or oldest is None:
        return cursor.top > 0
    behind = newest[0] - cursor.top
    return behind < 0 or behind > MAX_BEHIND or 0 < cursor.top < oldest - 1


async def read_between(
    tx: Transaction, after: EventCursor, until: EventCursor, *, most: int
) -> list[EventLogRow]:
    """Read what a reader at `until` was sent and a reader at `after` was not."""
    if until.top <= after.top and all(row in until.pending for row in after.pending):
        return []
    missed = [row for row in after.pending if until.has_passed(row)]
    rows = await events.read(tx, after.top, missed, most=most + len(until.pending))
    return take_batch([row for row in rows if until.has_passed(row.id)][:most])


def is_full(rows: Sequence[EventLogRow], most: int) -> bool:
    """Check whether there may be more rows, where a reader that asked for `most` rows got these."""
    return len(rows) == most or sum(len(row.records) for row in rows) >= MAX_EVENTS


def take_batch(rows: Sequence[EventLogRow]) -> list[EventLogRow]:
    """Return the first of these rows, as many as can be sent at once."""
    count, taken = 0, 0
    while taken < len(rows) and count < MAX_EVENTS:
        count, taken = count + len(rows[taken].records), taken + 1
    return list(rows[:taken])


class EventReader:
    """Reads the log for one reader; `cursor` is how far it has come."""

    def __init__(
        self,
        cursor: EventCursor,
        *,
        missing_row_timeout: float = MISSING_ROW_TIMEOUT,
        clock: Callable[[], float] = time.monotonic,
        pending_since: Mapping[int, float] | None = None,
    ) -> None:
        """Start at a cursor.

        `pending_since` comes from an earlier reader that already waited for some rows.
        """
        self.cursor = cursor
        self.pending_since: Mapping[int, float] = pending_since or {}
        self._missing_row_timeout = missing_row_timeout
        self._clock = clock

    async def read_next(self, tx: Transaction, *, most: int) -> list[EventLogRow]:
        """Read the next rows; the cursor does not move, because the work may be repeated."""
        return take_batch(await events.read(tx, self.cursor.top, self.cursor.pending, most=most))

    def advance(self, rows: Sequence[EventLogRow]) -> None:
        """Move the cursor past rows that were sent."""
        for row in rows:
            self.cursor = self.cursor.advance_past(row.id)
        self._drop_rolled_back()

    def _drop_rolled_back(self) -> None:
        now, pending = self._clock(), self.cursor.pending
        since = {row: self.pending_since.get(row, now) for row in pending}
        rolled_back = {row for row, at in since.items() if now - at > self._missing_row_timeout}
        self.cursor = self.cursor.drop(rolled_back)
        self.pending_since = {row: at for row, at in since.items() if row not in rolled_back}
