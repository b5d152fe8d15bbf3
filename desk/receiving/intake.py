"""Accept updates from web servers: store them in batches, then make their lanes due.

An update is stored and acknowledged by an insert that waits for no lock. Its lane is made due right
after that, in a transaction of its own: a worker that handles the lane at that moment holds the
lane's row, and a provider's request must not wait for it. A crash in between leaves updates whose
lanes are not due; workers look for those (`wake_forgotten_lanes`).
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from db.database import Database, Transaction
from db.errors import DATABASE_ERRORS, describe_error, is_transient
from db.queues import inbox, lanes
from db.queues.inbox import InboundEvent
from db.queues.lanes import LaneDueTime
from desk.cluster.notify import Notifier
from desk.cluster.wake import Signal
from desk.telemetry.update_log import log_stored

log = structlog.get_logger(__name__)

# A transaction of this size does not keep others waiting for long.
_BATCH_SIZE = 200
_IDLE = 60.0
_RETRY_DELAY = 0.5
# Delay before lanes are made due, so that updates of these milliseconds are handled together.
_BATCH_DELAY = 0.008


@dataclass(slots=True)
class _Waiting:
    arrivals: Sequence[InboundEvent]
    stored: "asyncio.Future[None]"


@dataclass(slots=True)
class Intake:
    """Stores what this process's web servers receive, and notifies the workers when it is due."""

    database: Database
    notifier: Notifier
    _waiting: list[_Waiting] = field(default_factory=list)
    _dues: list[LaneDueTime] = field(default_factory=list)
    _accepted_signal: Signal = field(default_factory=Signal)
    _stored_signal: Signal = field(default_factory=Signal)

    async def accept(self, arrivals: Sequence[InboundEvent]) -> None:
        """Store these updates; raise DATABASE_ERRORS, or another error of the database.

        If the caller stops waiting, the updates may be stored all the same; a repetition is
        recognized by the updates' ids.
        """
        if not arrivals:
            return
        waiting = _Waiting(arrivals, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._accepted_signal.notify()
        await waiting.stored

    async def run(self) -> None:
        """Store updates until cancelled; all that come during one commit are stored in the next."""
        while True:
            await self._accepted_signal.sleep(_IDLE)
            while self._waiting:
                batch, self._waiting = self._waiting[:_BATCH_SIZE], self._waiting[_BATCH_SIZE:]
                await self._store(batch)

    async def make_due(self) -> None:
        """Make lanes due until cancelled, however long each takes."""
        while True:
            await self._stored_signal.sleep(_IDLE)
            if self._dues:
                await asyncio.sleep(_BATCH_DELAY)
            while self._dues:
                if not await self._make_due():
                    await asyncio.sleep(_RETRY_DELAY)

    async def finish(self) -> None:
        """Make due what is stored and not due yet; call this when no more updates come."""
        while self._dues and await self._make_due():
            pass

    async def _store(self, batch: Sequence[_Waiting]) -> None:
        try:
            await self._insert(batch)
        except Exception as error:
            if len(batch) == 1 or is_transient(error):
                _fail(batch, error)
                return
            for each in batch:  # report the error only to the caller whose updates caused it
                await self._store([each])
            return
        except BaseException:
            _fail(batch, asyncio.CancelledError())
            raise
        log_stored(arrival for each in batch for arrival in each.arrivals)
        self._dues.extend(due for each in batch for due in inbox.build_due_times(each.arrivals))
        self._stored_signal.notify()
        for each in batch:
            if not each.stored.done():
                each.stored.set_result(None)

    async def _insert(self, batch: Sequence[_Waiting]) -> None:
        arrivals = [arrival for each in batch for arrival in each.arrivals]
        await self.database.run(lambda tx: inbox.insert(tx, arrivals))

    async def _make_due(self) -> bool:
        dues, self._dues = self._dues[:_BATCH_SIZE], self._dues[_BATCH_SIZE:]
        try:
            await self.database.run(lambda tx: lanes.make_due(tx, dues))
        except DATABASE_ERRORS as error:
            log.warning("intake.database_away", error=describe_error(error))
            self._dues = [*dues, *self._dues]
            return False
        except BaseException:
            self._dues = [*dues, *self._dues]  # cancelled in the middle: `finish` makes them due
            raise
        self.notifier.notify()
        return True


def _fail(batch: Sequence[_Waiting], error: BaseException) -> None:
    for each in batch:
        if each.stored.done():
            continue
        if isinstance(error, asyncio.CancelledError):
            each.stored.cancel()
        else:
            each.stored.set_exception(error)


async def wake_forgotten_lanes(tx: Transaction) -> int:
    """Make lanes due whose updates no worker was notified of; return how many.

    Raises no errors of its own; a lane that a worker handles at this moment is left out.
    """
    forgotten = await inbox.list_forgotten_lanes(tx)
    await lanes.make_due(tx, forgotten)
    return len(forgotten)
