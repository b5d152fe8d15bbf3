"""What receiving needs of a channel."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from db.queues.inbox import InboxRow
from desk.unit_of_work import UnitOfWork

# Handles one row; whatever it raises means that nothing of the row may be kept.
RowHandler = Callable[[], Awaitable[None]]


class Receiver(Protocol):
    """Understands what one kind of channel's provider sends."""

    async def prepare(self, uow: UnitOfWork, rows: Sequence[InboxRow]) -> list[RowHandler]:
        """Read at once what these rows need; returns how to handle each, in the same order.

        A row's own fault is raised by its handling, never here.
        """
