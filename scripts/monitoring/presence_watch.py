"""Watch working hours and silent agents: in one worker at a time."""

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
from desk.unit_of_work import UnitOfWork

log = structlog.get_logger(__name__)

_INTERVAL = 20.0
# A process that does not renew it for so many rounds is dead.
_LEASE_ROUNDS = 2.5
_LEASE_NAME = "presence"


@dataclass(slots=True)
class PresenceWatch:
    """Changes once in `every` seconds what should change without an agent's doing."""

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
                log.warning("presence.database_away", error=type(error).__name__)

    async def check(self) -> bool:
        """Look once; return False while another process watches."""
        if not await self.transactions.run(self._take_lease):
            return False
        await keep_presence(self.transactions)
        return True

    async def _take_lease(self, uow: UnitOfWork) -> bool:
        until = uow.now + timedelta(seconds=self.every * _LEASE_ROUNDS)
        return await leases.take(uow.tx, _LEASE_NAME, self._token, uow.now, until)
