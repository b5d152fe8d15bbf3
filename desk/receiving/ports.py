"""What receiving needs of a channel."""

from collections.abc import Sequence
from typing import Protocol

from db.queues.inbox import InboxRow
from desk.desk import Desk


class Receiver(Protocol):
    """Understands what one kind of channel's provider sends."""

    async def prepare(self, desk: Desk, rows: Sequence[InboxRow]) -> None:
        """Read at once what handling these rows needs; no row's own fault is raised here."""

    async def handle(self, desk: Desk, row: InboxRow) -> None:
        """Handle one row; whatever it raises means that nothing of it may be kept."""
