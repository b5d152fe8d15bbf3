"""Runs asynchronous work on the database of the settings."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from db.database import Database
from db.revision import is_current
from db.sqlite_guard import hold_process_lock
from scripts.configuration.settings import Settings, load_settings

T = TypeVar("T")


def run_on_database(work: Callable[[Database], Awaitable[T]], *, migrate_sqlite: bool = False) -> T:
    """Run `work` on the database of the settings and close it; see `run_with_settings`."""
    return asyncio.run(run_with_settings(load_settings(), work, migrate_sqlite=migrate_sqlite))


async def run_with_settings(
    settings: Settings,
    work: Callable[[Database], Awaitable[T]],
    *,
    migrate_sqlite: bool = False,
) -> T:
    """Run `work` on the database of the settings and close it.

    With `migrate_sqlite`, an SQLite file is migrated first, as by `osmodesk run`, because it has no
    administrator.
    """
    database = Database(
        settings.database_url, log_sql=settings.log_sql, log_slow_sql=settings.log_slow_sql
    )
    try:
        if migrate_sqlite and database.is_sqlite:
            await migrate_unused(database)
        return await work(database)
    finally:
        await database.close()


async def migrate_unused(database: Database) -> None:
    """Run the pending migrations; raise DatabaseInUseError if a desk works on an SQLite file.

    Its program is of another version then. On MySQL / MariaDB a release migrates beside it.
    """
    if await is_current(database):
        return
    from db import migrations  # noqa: PLC0415 alembic is slow to import, and rarely needed

    with hold_process_lock(database.address, "and is of another version: stop it first"):
        await migrations.upgrade(database)
