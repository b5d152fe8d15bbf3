"""Readiness checks for `/readyz`: whether everything that a process needs is available now."""

import asyncio
import shutil
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from api.http.health import Check
from db.database import Database
from db.revision import is_current
from scripts.monitoring.database_watch import DatabaseWatch

# Shorter than the limit of `/readyz` for one check, so that the answer can say what is wrong.
_REDIS_TIMEOUT = 1.0
# With less, SQLite may have no room for its log and refuse the next message.
_LEAST_FREE_BYTES = 10 * 10**6


class NotMigratedError(Exception):
    """The database is not at this program's version."""


class DiskFullError(Exception):
    """The disk of the SQLite file has no room for more messages."""


async def check_room(folder: Path, least: int = _LEAST_FREE_BYTES) -> None:
    """Raise DiskFullError while the disk of this folder has less than `least` bytes free."""
    free = (await asyncio.to_thread(shutil.disk_usage, folder)).free
    if free < least:
        raise DiskFullError(f"{free} bytes are free")


async def _check_migrated(database: Database) -> None:
    """Raise NotMigratedError while the database is at another version."""
    if not await is_current(database):
        raise NotMigratedError(
            "the database is not at this program's version: run `osmodesk db deploy` first"
        )


class RedisReadiness:
    """Checks Redis, over a connection of its own."""

    def __init__(self, url: str) -> None:
        # Redis's client takes 6 MB: it is imported only where Redis is used.
        from redis.asyncio import Redis  # noqa: PLC0415
        from redis.asyncio.retry import Retry  # noqa: PLC0415
        from redis.backoff import NoBackoff  # noqa: PLC0415

        self._redis = Redis.from_url(
            url,
            socket_timeout=_REDIS_TIMEOUT,
            socket_connect_timeout=_REDIS_TIMEOUT,
            retry=Retry(NoBackoff(), 0),
        )

    async def check(self) -> None:
        await self._redis.ping()

    async def close(self) -> None:
        await self._redis.aclose()


def list_checks(
    database: Database,
    watch: DatabaseWatch,
    redis: RedisReadiness | None,
    of_connections: Mapping[str, Check],
) -> dict[str, Check]:
    """List every check by its name in the answer."""
    found: dict[str, Check] = {
        "database": watch.check,
        "migrations": partial(_check_migrated, database),
    }
    if file := database.address.sqlite_file:
        found["disk"] = partial(check_room, file.absolute().parent)
    if redis is not None:
        found["redis"] = redis.check
    return {**found, **of_connections}
