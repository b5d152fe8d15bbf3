"""Transactions: who begins one here also commits it; nothing inside does."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import TypeVar

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from db.cancellation import heed_cancellation
from db.engine import create_engine
from db.url import DatabaseUrl

T = TypeVar("T")

# MySQL: 1213 deadlock found, 1205 lock wait timeout exceeded. The whole transaction is repeated.
_TRY_AGAIN = {1213, 1205}
_MOST_TRIES = 8
NEWS = "news"


def _nobody() -> None:
    """Nobody in this process tells others of news."""


class Database:
    """A database and its transactions."""

    def __init__(self, address: DatabaseUrl, *, log_sql: bool = False) -> None:
        self.address = address
        self.engine: AsyncEngine = create_engine(address, log_sql=log_sql)
        # How often a transaction was repeated since the start.
        self.retries = 0
        # Called after the commit of a transaction with news (`tx.info[NEWS]`): events were kept.
        self.on_news: Callable[[], None] = _nobody
        # SQLite's one writer, first come first served: the pool alone lets a busy loop that comes
        # back at once overtake everybody who waits.
        self._turn: AbstractAsyncContextManager[object] = (
            asyncio.Lock() if address.is_sqlite else nullcontext()
        )

    @property
    def is_sqlite(self) -> bool:
        return self.address.is_sqlite

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Commit what is done inside, or nothing of it when an error leaves the block."""
        async with (
            self._turn,
            AsyncSession(self.engine, expire_on_commit=False) as tx,
            tx.begin(),
        ):
            yield tx
        if NEWS in tx.info:
            self.on_news()

    async def run(self, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
        """Do `work` in one transaction, again from its start when the engine asks for that.

        `work` may run several times and must have no effect outside the transaction.
        """
        for attempt in range(_MOST_TRIES):
            try:
                async with self.transaction() as tx:
                    return await work(tx)
            except DBAPIError as error:
                heed_cancellation()
                if attempt == _MOST_TRIES - 1 or not is_lock_conflict(error):
                    raise
            self.retries += 1
            await asyncio.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311 jitter, no secret
        raise AssertionError("unreachable")

    async def close(self) -> None:
        await self.engine.dispose()


def is_lock_conflict(error: DBAPIError) -> bool:
    """Tell whether the engine gave up this transaction in favour of another one."""
    if not isinstance(error, OperationalError):
        return False
    reason: object = next(iter(getattr(error.orig, "args", ())), None)
    return reason in _TRY_AGAIN or "database is locked" in str(reason)
