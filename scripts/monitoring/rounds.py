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
from desk.transactions import RunsTransactions

log = structlog.get_logger(__name__)

# A stop waits no longer for the database; the lease then expires by itself.
_RELEASE_TIMEOUT = 0.5
# Two rounds and a half: a process that does not renew its lease for so long is dead.
_LEASE_ROUNDS = 2.5


@dataclass(slots=True)
class Rounds:
    """The rounds of one process, `every` seconds; of all with this name, one has the lease."""

    name: str
    every: float
    _token: str = field(default_factory=new_id)

    async def run(
        self, check: Callable[[], Awaitable[object]], transactions: RunsTransactions
    ) -> None:
        """Call `check` in each round, until cancelled; a round without a database is left out.

        At the end the lease is released, so that the next process need not wait for it.
        """
        event = f"{self.name}.database_away"
        try:
            while True:
                # Not at the start, when everything waits; not in step with other processes.
                await asyncio.sleep(self.every * random.uniform(0.8, 1.2))  # noqa: S311 jitter, no secret
                try:
                    await check()
                except (*DATABASE_ERRORS, TimeoutError) as error:
                    log.warning(event, error=type(error).__name__)
        finally:
            await self._release(transactions)

    async def take_lease(self, tx: AsyncSession, now: datetime) -> bool:
        """Take or renew the lease; return False while another process has it."""
        until = now + timedelta(seconds=self.every * _LEASE_ROUNDS)
        return await leases.take(tx, self.name, self._token, now, until)

    async def _release(self, transactions: RunsTransactions) -> None:
        try:
            async with asyncio.timeout(_RELEASE_TIMEOUT):
                await transactions.run(lambda uow: leases.release(uow.tx, self.name, self._token))
        except (*DATABASE_ERRORS, TimeoutError) as error:
            log.info("rounds.not_released", name=self.name, error=type(error).__name__)
