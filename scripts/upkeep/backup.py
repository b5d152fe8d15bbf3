"""Backup and restore: the same two functions for both engines, each by its own means."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from db.copying import progress
from db.database import Database
from db.queries.installation import forget_marks
from db.revision import is_current
from db.url import DatabaseUrl
from scripts.upkeep import mysql_dump, sqlite_copy
from scripts.upkeep.errors import UpkeepError
from scripts.upkeep.interruption import interrupt_at_once

# How much is done, and of how much.
OnProgress = Callable[[int, int], None]
# How many bytes a backup has so far: neither engine says how many it will have.
OnGrowth = Callable[[int], None]
_GROWTH_INTERVAL = 1.0


_WHOLE = "Nothing is half done: the database is as it was, or all of it was restored just before"
_INCOMPLETE = (
    "The database is incomplete now, and no desk starts on it: correct the cause, then run the "
    "same command again, or restore another backup"
)


def backup(address: DatabaseUrl, file: Path, on_growth: OnGrowth = lambda _bytes: None) -> None:
    """Write a consistent copy of the whole database to a new file that only its owner can read.

    The database may be in use meanwhile. Raises UpkeepError, and then leaves no partial file.
    """
    if file.exists():
        raise UpkeepError(f"{file} already exists: choose another name")
    part = file.with_name(f"{file.name}.part")
    try:
        # Created first, so that nobody else can read it while it grows.
        os.close(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
        with _watch_growth(part, on_growth):
            if address.is_sqlite:
                sqlite_copy.backup(address, part)
            else:
                mysql_dump.backup(address, part)
        part.rename(file)
    except OSError as error:
        raise UpkeepError(f"{file} cannot be written: {error.strerror}") from None
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _watch_growth(file: Path, on_growth: OnGrowth) -> Iterator[None]:
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(_GROWTH_INTERVAL):
            on_growth(file.stat().st_size)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()


def restore(
    address: DatabaseUrl, file: Path, on_progress: OnProgress = lambda _done, _total: None
) -> None:
    """Replace everything in the database with a backup; no desk may be running.

    The file is checked first: an incomplete backup changes nothing. Raises UpkeepError.
    """
    check(address, file)
    if address.is_sqlite:
        sqlite_copy.restore(address, file, on_progress)
    else:
        mysql_dump.restore(address, file, on_progress)


def check(address: DatabaseUrl, file: Path) -> None:
    """Raise UpkeepError unless the file is a complete backup for this kind of database."""
    if not file.is_file():
        raise UpkeepError(f"there is no file {file}")
    if address.is_sqlite:
        if mysql_dump.is_complete(file):
            raise UpkeepError(
                f"{file} is a backup of a MariaDB or MySQL database, and DATABASE_URL is an SQLite "
                "file: set DATABASE_URL to such a server"
            )
        sqlite_copy.check(file)
    else:
        if sqlite_copy.is_sqlite(file):
            raise UpkeepError(
                f"{file} is a backup of an SQLite database, and DATABASE_URL is a server: set "
                "DATABASE_URL to an SQLite file to restore it, then osmodesk db copy moves it"
            )
        mysql_dump.check(file)


async def restore_whole(database: Database, file: Path, on_progress: OnProgress) -> bool:
    """Restore a backup, and let no desk start on a part of it; keep desks away meanwhile.

    Returns False if the contents are of another version. SQLite needs no mark: there a restore is
    done as a whole, or not at all.
    """
    check(database.address, file)
    if not database.is_sqlite:
        await progress.begin(database, progress.RESTORE)
    try:
        with interrupt_at_once():
            restore(database.address, file, on_progress)
    except KeyboardInterrupt:
        left = _WHOLE if database.is_sqlite else _INCOMPLETE
        raise UpkeepError(f"interrupted. {left}") from None
    except UpkeepError as error:
        if database.is_sqlite:
            raise
        raise UpkeepError(f"{error}. {_INCOMPLETE}") from None
    if not database.is_sqlite:
        await progress.finish(database)
    return await mark_restored(database)


async def mark_restored(database: Database) -> bool:
    """Mark the contents as new; return False if they are of another version.

    A process that was suspended meanwhile must notice, even if it made the mark in the backup.
    """
    if not await is_current(database):
        return False
    await database.run(forget_marks)
    return True
