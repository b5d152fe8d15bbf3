"""Keep every desk away from a database while a command replaces what is in it.

A running desk would go on with what it has in memory and do nothing. On SQLite the process lock
tells who is alive; on MySQL / MariaDB the leases of processes do, which a killed process leaves
behind for some seconds. A named lock of the server keeps out desks that start meanwhile.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from sqlalchemy import inspect, text
from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.engine import create_engine
from db.queues import leases
from db.queues.leases import LeaseInfo
from db.sqlite_guard import DatabaseInUseError, hold_process_lock
from db.tables.base import now_utc
from db.url import DatabaseUrl

# Leases are renewed more often than this.
_RECHECK_INTERVAL = 1.0
_ADVICE = (
    "and would go on with what it has in memory: stop it first (Ctrl-C, or your service manager), "
    "then run this command again"
)


@asynccontextmanager
async def keep_desks_away(database: Database) -> AsyncIterator[None]:
    """Hold the database for a command that replaces its contents.

    Waits some seconds for a process that may have been killed. Raises DatabaseInUseError if a desk
    is running, or another command of this kind.
    """
    with hold_process_lock(database.address, _ADVICE):
        if database.is_sqlite:
            yield
            return
        async with _hold_named_lock(database.address):
            await _wait_until_unused(database)
            yield


async def is_held(tx: AsyncSession, address: DatabaseUrl) -> bool:
    """Check whether a command keeps desks away now.

    A process that joined in an earlier transaction and reads False here is seen by every later
    command.
    """
    if address.is_sqlite:
        return False
    asked = text("SELECT IS_FREE_LOCK(:name)").bindparams(name=_name_lock(address))
    is_free: int | None = await tx.scalar(asked)
    return is_free == 0


@asynccontextmanager
async def _hold_named_lock(address: DatabaseUrl) -> AsyncIterator[None]:
    # A connection of its own, outside any transaction: the server ends idle transactions.
    engine = create_engine(address)
    try:
        async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            taken = text("SELECT GET_LOCK(:name, 0)").bindparams(name=_name_lock(address))
            if await connection.scalar(taken) != 1:
                raise DatabaseInUseError(
                    "another command is resetting or restoring this database: wait until it is done"
                )
            yield
            await connection.execute(text("DO RELEASE_ALL_LOCKS()"))
    finally:
        await engine.dispose()


def _name_lock(address: DatabaseUrl) -> str:
    # A server's named locks are those of all its databases, and a name is at most 64 characters.
    return f"osmodesk:{hashlib.sha256(str(address.url.database).encode()).hexdigest()[:32]}"


async def _wait_until_unused(database: Database) -> None:
    seen: Mapping[str, LeaseInfo] = {}
    while alive := await database.run(list_processes):
        now_seen = {each.name: each for each in alive}
        renewed = [
            name
            for name, each in now_seen.items()
            if name in seen and each.until > seen[name].until
        ]
        if renewed:
            raise DatabaseInUseError(f"{_describe(list(now_seen))} on this database, {_ADVICE}")
        seen = {**now_seen, **seen}
        await asyncio.sleep(_RECHECK_INTERVAL)


async def list_processes(tx: AsyncSession) -> list[LeaseInfo]:
    """List the processes of a desk that are alive; on SQLite, where there is one, none."""
    connection = await tx.connection()
    if not await connection.run_sync(lambda sync: inspect(sync).has_table("lanes")):
        return []
    now = now_utc()
    return [
        each for prefix in leases.PROCESSES for each in await leases.list_active(tx, prefix, now)
    ]


def _describe(names: list[str]) -> str:
    workers = sum(name.startswith(leases.WORKER) for name in names)
    web = len(names) - workers
    counted = [f"{count} {name}" for count, name in ((workers, "worker"), (web, "web")) if count]
    return f"a desk is running ({', '.join(counted)})"
