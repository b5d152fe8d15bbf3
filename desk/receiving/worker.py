"""The worker handles the inbox, many conversations in one transaction.

Claiming, handling and settling are one transaction: locked lanes need no lease, and after a crash
everything is repeated or nothing. If a handler fails, the lanes of the batch are handled again one
by one, so that only the failing row is rescheduled.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

import structlog

from db.database import Database, Transaction
from db.errors import DATABASE_ERRORS, describe_error, is_transient
from db.queues import inbox, lanes
from db.queues.inbox import InboxRow
from db.tables import ChannelKind, Queue
from db.tables.base import now_utc
from desk.channels import UnknownChannelError
from desk.cluster.notify import Notifier
from desk.cluster.wake import Signal
from desk.errors import NotSettledYetError
from desk.formatting.error_text import describe_without_values
from desk.limits.clock import steady_now
from desk.receiving.intake import wake_forgotten_lanes
from desk.receiving.parking import MAX_ATTEMPTS, notify_of_parked, to_words
from desk.receiving.ports import Receiver, RowHandler
from desk.receiving.timers import TimerReceiver, is_timer
from desk.telemetry.metrics import Metrics
from desk.telemetry.update_log import about_update, log_handled
from desk.unit_of_work import UnitOfWork
from desk.unit_of_work_factory import UnitOfWorkFactory
from desk.unserved_channels import RETRY_SOON, find_retry_times

log = structlog.get_logger(__name__)

# A batch shares a commit; a larger one would delay delivery.
_LANES_AT_ONCE = 64
# On a slow machine a batch ends after so many seconds, however many rows it has: others wait for
# the rows that it locks, and a transaction that lasts too long is given up with all its work.
_BATCH_SECONDS = 0.5
_ROWS_AT_ONCE = 128
_MIN_PER_LANE = 4
_IDLE = 1.0
# A web server may have died after storing an update and before making its lane due.
_FORGOTTEN_INTERVAL = 60.0
# A failing row delays its lane for about a second in all before it is parked.
_FIRST_RETRY = 0.06
# Delays before an update is tried again that refers to a message still being sent.
_SOON, _NOT_SO_SOON = timedelta(milliseconds=10), timedelta(milliseconds=500)


class _LaneWaitsError(Exception):
    """A row cannot be handled yet, through no fault of its own: its lane has to wait a moment."""

    def __init__(self, row: InboxRow) -> None:
        super().__init__(row.id)
        self.row = row


@dataclass(frozen=True, slots=True)
class Batch:
    """The due rows of one look at the inbox."""

    rows: list[InboxRow]
    # When each lane is due after these rows are settled.
    next_due: dict[str, datetime | None]


class Worker:
    """Handles inbox rows."""

    def __init__(
        self,
        database: Database,
        uow_factory: UnitOfWorkFactory,
        receivers: Mapping[ChannelKind, Receiver],
        *,
        outbox_notifier: Notifier,
        metrics: Metrics | None = None,
        timers: Receiver | None = None,
        batch_seconds: float = _BATCH_SECONDS,
    ) -> None:
        self.signal = Signal()
        self._database = database
        self._channels = uow_factory.channels
        self._uow_factory = uow_factory
        self._receivers = receivers
        self._timers = timers or TimerReceiver({})
        self._outbox_notifier = outbox_notifier
        self._metrics = metrics or Metrics()
        self._batch_seconds = batch_seconds
        self._stopping = False
        self._next_look = 0.0

    async def run(self) -> None:
        """Handle due rows until `stop`."""
        while not self._stopping:
            try:
                await self._look_for_forgotten()
                pause = await self._turn()
            except DATABASE_ERRORS as error:
                log.warning("worker.database_away", error=describe_error(error))
                pause = 1.0
            if pause > 0:
                await self.signal.sleep(pause)
            else:
                await asyncio.sleep(0)

    async def _look_for_forgotten(self) -> None:
        """Look, at the start and from time to time, for updates whose lanes were never made due."""
        if steady_now() < self._next_look:
            return
        if found := await self._database.run(wake_forgotten_lanes):
            log.info("inbox.forgotten", lanes=found)
        self._next_look = steady_now() + _FORGOTTEN_INTERVAL

    def stop(self) -> None:
        """Stop after the current transaction."""
        self._stopping = True
        self.signal.notify()

    async def _turn(self) -> float:
        """Handle one batch; return how many seconds to sleep."""
        only_lane = None
        try:
            rows, pause = await self._database.run(self._handle_batch)
        except _LaneWaitsError as waits:
            only_lane = waits.row.lane
        except Exception as error:
            if is_transient(error):
                raise
        else:
            if rows:
                self._record_handled(rows)
                self._outbox_notifier.notify()
            return pause
        # After the handlers above: what fails now is logged without this batch's failure.
        if only_lane is not None:
            await self._handle_lane(only_lane)  # the rows before the one that waits need not wait
        else:
            await self._handle_one_by_one()
        self._outbox_notifier.notify()
        return 0.0

    def _record_handled(self, rows: Sequence[InboxRow]) -> None:
        self._metrics.count_handled(rows)
        log_handled(rows)

    async def _handle_batch(self, tx: Transaction) -> tuple[list[InboxRow], float]:
        """Handle what is due; return the rows, and how many seconds to sleep after them."""
        uow = self._uow_factory.create(tx)
        batch = await self._leave_unserved(tx, await _claim_batch(tx, uow.now), uow.now)
        handled = await self._handle(uow, batch)
        is_more = len(batch.next_due) == _LANES_AT_ONCE or uow.now in batch.next_due.values()
        if is_more or len(handled) < len(batch.rows):
            return handled, 0.0
        return handled, await self._until_next(tx)

    async def _handle(self, uow: UnitOfWork, batch: Batch) -> list[InboxRow]:
        """Handle the rows of a batch, at least one, until its time is over; return those."""
        # First: what is handled may set a timer in one of these lanes, which then is due earlier.
        await _release(uow.tx, batch.next_due)
        by_kind: dict[ChannelKind | None, list[InboxRow]] = {}
        for row in batch.rows:
            kind = None if is_timer(row) else self._channels[row.channel_id].kind
            by_kind.setdefault(kind, []).append(row)
        handlings: dict[int, RowHandler] = {}
        for kind, rows in by_kind.items():
            receiver = self._timers if kind is None else self._receivers[kind]
            found = await receiver.prepare(uow, rows)
            handlings.update(zip((row.id for row in rows), found, strict=True))
        handled: list[InboxRow] = []
        end = steady_now() + self._batch_seconds
        for row in batch.rows:
            if handled and steady_now() >= end:
                break
            uow.came_at = row.due_at
            try:
                with about_update(row):
                    await handlings[row.id]()
            except NotSettledYetError:
                raise _LaneWaitsError(row) from None
            handled.append(row)
        await uow.flush()
        await inbox.settle(uow.tx, [row.id for row in handled], uow.now)
        if left := {row.lane for row in batch.rows[len(handled) :]}:
            await lanes.set_due(uow.tx, Queue.INBOX, sorted(left), uow.now)
        return handled

    async def _leave_unserved(self, tx: Transaction, batch: Batch, now: datetime) -> Batch:
        """Leave out rows of channels that this process does not serve; this is not an error."""
        unserved = {
            row.lane: row.channel_id for row in batch.rows if row.channel_id not in self._channels
        }
        if not unserved:
            return batch
        again = await find_retry_times(tx, set(unserved.values()), now)
        later = {lane: again[channel_id] for lane, channel_id in unserved.items()}
        rows = [row for row in batch.rows if row.lane not in unserved]
        return Batch(rows, {**batch.next_due, **later})

    async def _handle_one_by_one(self) -> None:
        """Handle the due lanes row by row, each row in a transaction of its own."""

        async def due(tx: Transaction) -> list[str]:
            found = await lanes.lock_due_lanes(tx, Queue.INBOX, now_utc(), most=_LANES_AT_ONCE)
            return [lane.lane for lane in found]

        for lane in await self._database.run(due):
            await self._handle_lane(lane)

    async def _handle_lane(self, lane: str) -> None:
        """Handle the oldest rows of a lane, each in a transaction of its own."""
        for _ in range(_MIN_PER_LANE):
            if not await self._handle_head(lane):
                break

    async def _handle_head(self, lane: str) -> bool:
        """Handle a lane's oldest row; return False if the lane has nothing more to do now."""
        tried: list[InboxRow] = []

        async def work(tx: Transaction) -> int:
            uow = self._uow_factory.create(tx)
            found = await _claim_batch(tx, uow.now, per_lane=1, only=lane)
            batch = await self._leave_unserved(tx, found, uow.now)
            tried[:] = batch.rows
            await self._handle(uow, batch)
            return len(batch.rows)

        try:
            handled = await self._database.run(work)
        except _LaneWaitsError as waits:
            await self._delay_lane(waits.row)
            return False
        except Exception as error:
            if not tried or is_transient(error):
                raise
            failure = error
        else:
            self._record_handled(tried)
            return bool(handled)
        await self._database.run(lambda tx: self._note_failure(tx, tried[0], failure))
        return False

    async def _delay_lane(self, row: InboxRow) -> None:
        """Delay a lane for a moment, longer the longer its oldest row has waited."""
        now = now_utc()
        again = now + min(max(now - row.due_at, _SOON), _NOT_SO_SOON)
        await self._database.run(lambda tx: lanes.set_due(tx, Queue.INBOX, [row.lane], again))

    async def _note_failure(self, tx: Transaction, row: InboxRow, error: Exception) -> None:
        if isinstance(error, UnknownChannelError):
            # The row refers to a channel that was created a moment ago, which is not an error.
            await lanes.set_due(tx, Queue.INBOX, [row.lane], now_utc() + RETRY_SOON)
            return
        reason = describe_without_values(error)
        with about_update(row):
            log.error("inbox.failed", row=row.id, attempt=row.attempts + 1, exc_info=error)
        uow = self._uow_factory.create(tx)
        if row.attempts + 1 >= MAX_ATTEMPTS:
            due = uow.now
            changed = await inbox.park(tx, row, reason, uow.now)
            if changed:
                await notify_of_parked(uow, row, to_words(uow, error))
        else:
            due = uow.now + timedelta(seconds=_FIRST_RETRY * 2**row.attempts)
            changed = await inbox.reschedule(tx, row, reason, due)
        if changed:  # otherwise another worker has handled the row and its lane meanwhile
            await lanes.set_due(tx, Queue.INBOX, [row.lane], due)
        await uow.flush()

    async def _until_next(self, tx: Transaction) -> float:
        due = await lanes.read_next_due(tx, [Queue.INBOX])
        if due is None:
            return _IDLE
        return min(_IDLE, max(0.0, (due - now_utc()).total_seconds()))


async def _claim_batch(
    tx: Transaction, now: datetime, *, per_lane: int | None = None, only: str | None = None
) -> Batch:
    """Lock due lanes and read their oldest rows, in the order in which they came."""
    due = await lanes.lock_due_lanes(tx, Queue.INBOX, now, most=_LANES_AT_ONCE, only=only)
    per_lane = per_lane or _fair_share(len(due))
    found = await inbox.read_oldest(tx, [lane.lane for lane in due], per_lane)
    batch = Batch([], {})
    for lane, rows in found.items():
        ready = list(takewhile(lambda row: row.due_at <= now, rows))
        batch.rows.extend(ready)
        later = rows[len(ready)].due_at if len(ready) < len(rows) else None
        batch.next_due[lane] = now if len(ready) == per_lane else later
    batch.rows.sort(key=lambda row: row.id)
    return batch


def _fair_share(many: int) -> int:
    """Return how many rows of each lane make a batch: powers of two, for few different statements.

    A lane that is alone gets more rows than one of many lanes.
    """
    lanes_about = 1 << max(0, many - 1).bit_length()
    return max(_MIN_PER_LANE, _ROWS_AT_ONCE // lanes_about)


async def _release(tx: Transaction, next_due: Mapping[str, datetime | None]) -> None:
    by_time: dict[datetime | None, list[str]] = {}
    for lane, at in next_due.items():
        by_time.setdefault(at, []).append(lane)
    for at, names in by_time.items():
        await lanes.set_due(tx, Queue.INBOX, names, at)
