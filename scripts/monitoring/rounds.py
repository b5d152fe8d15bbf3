"""Look again and again, in one worker at a time: its lease says which."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from db.errors import DATABASE_ERRORS
from db.ids import new_id
from db.queues import leases

log = structlog.get_logger(__name__)

# Two rounds and a half: a process that does not renew its lease for so long is dead.
_LEASE_ROUNDS = 2.5


@dataclass(slots=True)
class Rounds:
    """The rounds of one process, `every` seconds; of all with this name, one has the lease."""

    name: str
    every: float
    _token: str = field(default_factory=new_id)

    async def run(self, check: Callable[[], Awaitable[object]]) -> None:
        """Call `check` in each round, until cancelled; a round without a database is left out."""
        event = f"{self.name}.database_away"
        while True:
            # Not at the start, when everything waits; not in step with other processes.
            await asyncio.sleep(self.every * random.uniform(0.8, 1.2))  # noqa: S311 jitter, no secret
            try:
                await check()
            except (*DATABASE_ERRORS, TimeoutError) as error:
                log.warning(event, error=type(error).__name__)

    async def take_lease(self, tx: AsyncSession, now: datetime) -> bool:
        """Take or renew the lease; return False while another process has it."""
        until = now + timedelta(seconds=self.every * _LEASE_ROUNDS)
        return await leases.take(tx, self.name, self._token, now, until)
