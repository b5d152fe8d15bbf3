"""What receiving needs of a channel."""

from collections.abc import Sequence
from typing import Protocol

from db.queues.inbox import InboxRow
from desk.desk import Desk


class Receiver(Protocol):
    """Understands what one kind of channel's provider sends."""

    async def prepare(self, desk: Desk, rows: Sequence[InboxRow]) -> None:
        """Read at once what handling these rows will need; raises nothing that a row is to blame
        for.
        """

    async def handle(self, desk: Desk, row: InboxRow) -> None:
        """Handle one row; whatever it raises means that nothing of it may be kept."""
