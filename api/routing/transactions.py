"""Run the API's transactions."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from db.database import Database, Transaction
from desk.cluster.notify import Notifier
from desk.unit_of_work import UnitOfWork
from desk.unit_of_work_factory import UnitOfWorkFactory

T = TypeVar("T")
# A transaction that takes longer is cancelled, and the client is told to try again.
_TRANSACTION_TIMEOUT_SECONDS = 10.0


class Transactions:
    """Runs, commits and repeats the API's transactions; nothing else in the API does."""

    def __init__(
        self,
        database: Database,
        uow_factory: UnitOfWorkFactory,
        outbox_notifier: Notifier,
    ) -> None:
        self._database = database
        self._uow_factory = uow_factory
        self._outbox_notifier = outbox_notifier

    async def run(self, work: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        """Run `work` in one transaction, and wake the couriers after the commit.

        `work` may run several times. Raises TimeoutError when it takes too long.
        """
        wrote = False

        async def once(tx: Transaction) -> T:
            nonlocal wrote
            uow = self._uow_factory.create(tx)
            done = await work(uow)
            await uow.flush()
            wrote = uow.has_deliveries
            return done

        async with asyncio.timeout(_TRANSACTION_TIMEOUT_SECONDS):
            done = await self._database.run(once)
        if wrote:
            self._outbox_notifier.notify()
        return done
