"""The port through which work that is no handler of an update runs its transactions."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from desk.unit_of_work import UnitOfWork

T = TypeVar("T")


class RunsTransactions(Protocol):
    """Runs work in one transaction, and wakes the couriers after it."""

    async def run(self, work: Callable[[UnitOfWork], Awaitable[T]]) -> T: ...


class FewAtOnce:
    """Runs transactions of one kind of work, a few at once, so that no other waits for many."""

    def __init__(self, transactions: RunsTransactions, at_once: int) -> None:
        self._transactions = transactions
        self._slots = asyncio.Semaphore(at_once)

    async def run(self, work: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        """Run work in one transaction, when it is its turn."""
        async with self._slots:
            return await self._transactions.run(work)
