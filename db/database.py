"""Transactions. The caller that begins a transaction also commits it."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import TypeVar

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from db.cancellation import raise_if_cancelled
from db.engine import create_engine
from db.errors import NoConnection
from db.slow_statements import log_slow_statements
from db.sqlite_log import DiskLog
from db.url import DatabaseUrl

T = TypeVar("T")
# How the rooms above name an open transaction. They pass it on to the functions of db/queries and
# db/queues, which alone build statements.
Transaction = AsyncSession

# MySQL error codes: 1213 deadlock found, 1205 lock wait timeout exceeded. The whole transaction is
# repeated.
_LOCK_CONFLICT_CODES = {1213, 1205}
_MAX_TRIES = 8
NEW_EVENTS, NEW_JOBS = "new_events", "new_jobs"
# In `tx.info`: functions to call after the commit, first come, first served.
AFTER_COMMIT = "after_commit"


def _do_nothing() -> None:
    """Do nothing: the default when no listener is set."""


class Database:
    """A database and its transactions."""

    def __init__(
        self,
        address: DatabaseUrl,
        *,
        log_sql: bool = False,
        log_slow_sql: float | None = None,
        time_limit: float | None = None,
    ) -> None:
        """Open no connection yet.

        `time_limit`: seconds that each attempt of `run` may take; None: as long as it takes.
        """
        self.address = address
        self._time_limit = time_limit
        # On a server nothing is counted in it, so nobody waits.
        self._disk_log = DiskLog()
        self.engine: AsyncEngine = create_engine(address, log_sql=log_sql, disk_log=self._disk_log)
        if log_slow_sql is not None:
            log_slow_statements(self.engine, log_slow_sql)
        # How many times a transaction was repeated since the start.
        self.retries = 0
        # Called after the commit of a transaction that wrote events (`tx.info[NEW_EVENTS]`).
        self.on_new_events: Callable[[], None] = _do_nothing
        # The same for jobs (`tx.info[NEW_JOBS]`), which any process may claim.
        self.on_new_jobs: Callable[[], None] = _do_nothing
        # SQLite has one writer. This lock is first come, first served; with the pool alone, a busy
        # loop that asks again at once would overtake everyone who waits.
        self._writer_lock: AbstractAsyncContextManager[object] = (
            asyncio.Lock() if address.is_sqlite else nullcontext()
        )

    @property
    def is_sqlite(self) -> bool:
        return self.address.is_sqlite

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Commit what is done inside the block; roll back when an error leaves it."""
        try:
            async with (
                # The session is closed after the lock was released: nobody need wait for that.
                AsyncSession(self.engine, expire_on_commit=False) as tx,
                self._writer_lock,
                tx.begin(),
            ):
                yield tx
        except Exception:
            await self._disk_log.wait()  # it may say what another transaction wrote
            raise
        await self._disk_log.wait()
        if NEW_EVENTS in tx.info:
            self.on_new_events()
        if NEW_JOBS in tx.info:
            self.on_new_jobs()
        for do in tx.info.get(AFTER_COMMIT, ()):
            do()

    async def run(self, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
        """Run `work` in one transaction, and repeat it when the engine reports a lock conflict.

        Raises NoConnection, one of DATABASE_ERRORS, if an attempt takes longer than the time limit.
        """
        for attempt in range(_MAX_TRIES):
            try:
                async with self._limit_time(), self.transaction() as tx:
                    return await work(tx)
            except DBAPIError as error:
                raise_if_cancelled()
                if attempt == _MAX_TRIES - 1 or not is_lock_conflict(error):
                    raise
            self.retries += 1
            await asyncio.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311 jitter, no secret
        raise AssertionError("unreachable")

    @asynccontextmanager
    async def _limit_time(self) -> AsyncIterator[None]:
        limit = asyncio.timeout(self._time_limit)
        try:
            async with limit:
                yield
        except TimeoutError:
            if not limit.expired():
                raise
            seconds = f"{self._time_limit:g} seconds"
            raise NoConnection(f"the database did not answer within {seconds}") from None

    async def truncate_log(self) -> None:
        """Empty SQLite's log beside the database file, in which deleted rows are still readable.

        It stays as it is while somebody else reads the database.
        """
        if not self.is_sqlite:
            return
        async with self._writer_lock, self.engine.connect() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            assert driver is not None  # noqa: S101 it was just connected
            await driver.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")

    async def close(self) -> None:
        await self.engine.dispose()
        self._disk_log.close()


def is_lock_conflict(error: DBAPIError) -> bool:
    """Check whether the engine rolled back this transaction because of another one."""
    if not isinstance(error, OperationalError):
        return False
    reason: object = next(iter(getattr(error.orig, "args", ())), None)
    return reason in _LOCK_CONFLICT_CODES or "database is locked" in str(reason)
