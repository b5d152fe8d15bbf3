"""The port through which work that is no handler of an update runs its transactions."""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from desk.unit_of_work import UnitOfWork

T = TypeVar("T")


class RunsTransactions(Protocol):
    """Runs work in one transaction, and wakes the couriers after it."""

    async def run(self, work: Callable[[UnitOfWork], Awaitable[T]]) -> T: ...
