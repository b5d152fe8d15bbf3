"""Runs a piece of asynchronous work on the database of the settings."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from db.database import Database
from db.revision import is_current
from scripts.configuration.settings import Settings, load_settings

T = TypeVar("T")


def run_on_database(work: Callable[[Database], Awaitable[T]], *, migrate_sqlite: bool = False) -> T:
    """Run `work` on the settings' database and close it; see `opened`."""
    return asyncio.run(run_with_settings(load_settings(), work, migrate_sqlite=migrate_sqlite))


async def run_with_settings(
    settings: Settings,
    work: Callable[[Database], Awaitable[T]],
    *,
    migrate_sqlite: bool = False,
) -> T:
    """Run `work` on the settings' database and close it.

    `migrate_sqlite`: as with `osmodesk run`, an SQLite file is brought up to date first, because
    it has no administrator of its own.
    """
    from db import migrations  # noqa: PLC0415 alembic is slow to import, and rarely needed

    database = Database(settings.database_url, log_sql=settings.log_sql)
    try:
        if migrate_sqlite and database.is_sqlite and not await is_current(database):
            await migrations.upgrade(database)
        return await work(database)
    finally:
        await database.close()
