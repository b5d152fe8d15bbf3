"""Run the API's transactions."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from db.database import Database, Transaction
from db.tables.base import now_utc
from desk.channels import Channels
from desk.cluster.notify import Notifier
from desk.unit_of_work import ChooseGroup, UnitOfWork, choose_first_group

T = TypeVar("T")
# A transaction that takes longer is cancelled, and the client is told to try again.
_TRANSACTION_TIMEOUT_SECONDS = 10.0


class Transactions:
    """Runs, commits and repeats the API's transactions; nothing else in the API does."""

    def __init__(
        self,
        database: Database,
        channels: Channels,
        outbox_notifier: Notifier,
        *,
        staff_language: str = "en",
        default_region: str | None = None,
        choose_group: ChooseGroup = choose_first_group,
    ) -> None:
        self._database = database
        self._channels = channels
        self._outbox_notifier = outbox_notifier
        self._staff_language = staff_language
        self._default_region = default_region
        self._choose_group = choose_group

    async def run(self, work: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        """Run `work` in one transaction, and wake the couriers after the commit.

        `work` may run several times. Raises TimeoutError when it takes too long.
        """
        wrote = False

        async def once(tx: Transaction) -> T:
            nonlocal wrote
            uow = self._make_uow(tx)
            done = await work(uow)
            wrote = bool(uow.outbox_items)
            await uow.flush()
            return done

        async with asyncio.timeout(_TRANSACTION_TIMEOUT_SECONDS):
            done = await self._database.run(once)
        if wrote:
            self._outbox_notifier.notify()
        return done

    def _make_uow(self, tx: Transaction) -> UnitOfWork:
        return UnitOfWork(
            tx,
            now_utc(),
            self._channels,
            self._staff_language,
            self._default_region,
            choose_group=self._choose_group,
        )
