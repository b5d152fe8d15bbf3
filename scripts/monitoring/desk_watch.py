"""Watch what changes by time alone, who is there and who waits: in one worker at a time."""

from dataclasses import dataclass, field

from desk.conversations.presence_by_itself import keep_presence
from desk.conversations.queue_places import keep_places_true
from desk.transactions import RunsTransactions
from desk.unit_of_work import UnitOfWork
from scripts.monitoring.rounds import Rounds

_INTERVAL = 20.0


@dataclass(slots=True)
class DeskWatch:
    """Sets agents on- and offline, and keeps places in the queue true."""

    transactions: RunsTransactions
    rounds: Rounds = field(default_factory=lambda: Rounds("desk_watch", _INTERVAL))

    async def run(self) -> None:
        """Run until cancelled."""
        await self.rounds.run(self.check, self.transactions)

    async def check(self) -> bool:
        """Look once; return False while another process watches."""
        if not await self.transactions.run(self._take_lease):
            return False
        await keep_presence(self.transactions)
        await self.transactions.run(keep_places_true)
        return True

    async def _take_lease(self, uow: UnitOfWork) -> bool:
        return await self.rounds.take_lease(uow.tx, uow.now)
