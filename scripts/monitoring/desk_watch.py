"""Watch what changes by time alone, who is there and who waits: in one worker at a time."""

import asyncio
import random
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from api.routing.transactions import Transactions
from db.errors import DATABASE_ERRORS
from db.ids import new_id
from db.queues import leases
from desk.conversations.presence_by_itself import keep_presence
from desk.conversations.queue_places import keep_places_true
from desk.unit_of_work import UnitOfWork

log = structlog.get_logger(__name__)

_INTERVAL = 20.0
# A process that does not renew it for so many rounds is dead.
_LEASE_ROUNDS = 2.5
_LEASE_NAME = "desk-watch"


@dataclass(slots=True)
class DeskWatch:
    """Once in `every` seconds, sets agents on- and offline and keeps places in the queue true."""

    transactions: Transactions
    every: float = _INTERVAL
    _token: str = field(default_factory=new_id)

    async def run(self) -> None:
        """Run until cancelled."""
        while True:
            # Not in step with other processes.
            await asyncio.sleep(self.every * random.uniform(0.8, 1.2))  # noqa: S311 jitter, no secret
            try:
                await self.check()
            except (*DATABASE_ERRORS, TimeoutError) as error:
                log.warning("desk_watch.database_away", error=type(error).__name__)

    async def check(self) -> bool:
        """Look once; return False while another process watches."""
        if not await self.transactions.run(self._take_lease):
            return False
        await keep_presence(self.transactions)
        await self.transactions.run(keep_places_true)
        return True

    async def _take_lease(self, uow: UnitOfWork) -> bool:
        until = uow.now + timedelta(seconds=self.every * _LEASE_ROUNDS)
        return await leases.take(uow.tx, _LEASE_NAME, self._token, uow.now, until)
