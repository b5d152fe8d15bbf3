"""A web process's lease, by which commands on the same database see that it is alive."""

import asyncio

import structlog

from db.database import Database, Transaction
from db.errors import DATABASE_ERRORS
from db.ids import new_id
from db.queues import leases
from db.tables.base import now_utc
from desk.cluster.membership import LEASE_DURATION, RENEW_INTERVAL

log = structlog.get_logger(__name__)


class WebLease:
    """The lease of one web process; any number may run beside each other."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._token = new_id()
        self._name = f"{leases.WEB}{self._token}"

    async def join(self) -> None:
        """Take the lease."""
        await self._database.run(self._take)

    async def run(self) -> None:
        """Renew the lease until cancelled."""
        while True:
            await asyncio.sleep(RENEW_INTERVAL)
            try:
                await self._database.run(self._take)
            except DATABASE_ERRORS as error:
                log.warning("web_lease.database_away", reason=type(error).__name__)

    async def leave(self) -> None:
        """Release the lease, so that nobody waits for it."""

        async def work(tx: Transaction) -> None:
            await leases.release(tx, self._name, self._token)

        try:
            await self._database.run(work)
        except DATABASE_ERRORS:
            log.info("web_lease.leave_failed")  # it expires by itself

    async def _take(self, tx: Transaction) -> None:
        now = now_utc()
        await leases.take(tx, self._name, self._token, now, now + LEASE_DURATION)
