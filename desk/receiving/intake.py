"""Takes in what providers post: kept together with what comes at the same moment, then due.

An update is kept, and acknowledged, by an insert that waits for nobody. That its lane is due is
written right after that, in a transaction of its own: a worker that has the lane at that moment
holds the lane's row, and nobody who posts shall wait for it. A crash in between leaves updates
whose lanes are not due: workers look for those (`wake_forgotten`).
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.errors import DATABASE_ERRORS, describe_error, is_transient
from db.queues import inbox, lanes
from db.queues.inbox import InboundEvent
from db.queues.lanes import LaneDueTime
from desk.cluster.notify import Notifier
from desk.cluster.wake import Signal

log = structlog.get_logger(__name__)

# A transaction of this many keeps nobody waiting for long.
_BATCH_SIZE = 200
_IDLE = 60.0
_RETRY_DELAY = 0.5
# Before lanes are made due: what comes in these milliseconds is handled together.
_BATCH_DELAY = 0.008


@dataclass(slots=True)
class _Waiting:
    arrivals: Sequence[InboundEvent]
    kept: "asyncio.Future[None]"


@dataclass(slots=True)
class Intake:
    """Keeps what web servers of this process are posted; `bell` is rung when it may be handled."""

    database: Database
    notifier: Notifier
    _waiting: list[_Waiting] = field(default_factory=list)
    _dues: list[LaneDueTime] = field(default_factory=list)
    _accepted_signal: Signal = field(default_factory=Signal)
    _stored_signal: Signal = field(default_factory=Signal)

    async def accept(self, arrivals: Sequence[InboundEvent]) -> None:
        """Keep these updates; raises DATABASE_ERRORS, or what else the database says of them.

        Somebody who stops waiting may find them kept all the same; they are known by their ids.
        """
        if not arrivals:
            return
        waiting = _Waiting(arrivals, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._accepted_signal.notify()
        await waiting.kept

    async def run(self) -> None:
        """Keep what is posted until cancelled: all that came during one commit is the next."""
        while True:
            await self._accepted_signal.sleep(_IDLE)
            while self._waiting:
                batch, self._waiting = self._waiting[:_BATCH_SIZE], self._waiting[_BATCH_SIZE:]
                await self._keep(batch)

    async def make_due(self) -> None:
        """Make lanes due until cancelled, in whichever time that takes."""
        while True:
            await self._stored_signal.sleep(_IDLE)
            if self._dues:
                await asyncio.sleep(_BATCH_DELAY)
            while self._dues:
                if not await self._make_due():
                    await asyncio.sleep(_RETRY_DELAY)

    async def finish(self) -> None:
        """Make due what was kept and is not yet; nobody posts any more."""
        while self._dues and await self._make_due():
            pass

    async def _keep(self, batch: Sequence[_Waiting]) -> None:
        try:
            await self._insert(batch)
        except Exception as error:
            if len(batch) == 1 or is_transient(error):
                _fail(batch, error)
                return
            for each in batch:  # only who is to blame is told so
                await self._keep([each])
            return
        except BaseException:
            _fail(batch, asyncio.CancelledError())
            raise
        self._dues.extend(due for each in batch for due in inbox.build_due_times(each.arrivals))
        self._stored_signal.notify()
        for each in batch:
            if not each.kept.done():
                each.kept.set_result(None)

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
            self._dues = [*dues, *self._dues]  # told to end in the middle: `finish` does it
            raise
        self.notifier.notify()
        return True


def _fail(batch: Sequence[_Waiting], error: BaseException) -> None:
    for each in batch:
        if each.kept.done():
            continue
        if isinstance(error, asyncio.CancelledError):
            each.kept.cancel()
        else:
            each.kept.set_exception(error)


async def wake_forgotten_lanes(tx: AsyncSession) -> int:
    """Make lanes due in which updates wait that nobody was told of; returns how many.

    Raises nothing of its own; a lane that somebody works on at this moment is left out.
    """
    forgotten = await inbox.list_forgotten_lanes(tx)
    await lanes.make_due(tx, forgotten)
    return len(forgotten)
