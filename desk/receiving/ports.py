"""Interface between receiving and a kind of channel."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from db.queues.inbox import InboxRow
from desk.unit_of_work import UnitOfWork

# Handles one row; if it raises, nothing of the row may be stored.
RowHandler = Callable[[], Awaitable[None]]


class Receiver(Protocol):
    """Handles the updates of one kind of channel."""

    async def prepare(self, uow: UnitOfWork, rows: Sequence[InboxRow]) -> list[RowHandler]:
        """Load at once what these rows need, and return a handler for each, in the same order.

        An error in one row must be raised by its handler, never here.
        """
