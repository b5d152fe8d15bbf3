"""Backup and restore: the same two functions for both engines, each by its own means."""

import os
from pathlib import Path

from db.database import Database
from db.queries.installation import forget_marks
from db.revision import is_current
from db.url import DatabaseUrl
from scripts.upkeep import mysql_dump, sqlite_copy
from scripts.upkeep.errors import UpkeepError


def backup(address: DatabaseUrl, file: Path) -> None:
    """Write a consistent copy of the whole database to a new file that only its owner can read.

    The database may be in use meanwhile. Raises UpkeepError, and then leaves no partial file.
    """
    if file.exists():
        raise UpkeepError(f"{file} already exists: choose another name")
    part = file.with_name(f"{file.name}.part")
    try:
        # Created first, so that nobody else can read it while it grows.
        os.close(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
        if address.is_sqlite:
            sqlite_copy.backup(address, part)
        else:
            mysql_dump.backup(address, part)
        part.rename(file)
    except OSError as error:
        raise UpkeepError(f"{file} cannot be written: {error.strerror}") from None
    finally:
        part.unlink(missing_ok=True)


def restore(address: DatabaseUrl, file: Path) -> None:
    """Replace everything in the database with a backup; no desk may be running.

    The file is checked first: an incomplete backup changes nothing. Raises UpkeepError.
    """
    if not file.is_file():
        raise UpkeepError(f"there is no file {file}")
    if address.is_sqlite:
        sqlite_copy.restore(address, file)
    else:
        mysql_dump.restore(address, file)


async def mark_restored(database: Database) -> bool:
    """Mark the contents as new; return False if they are of another version.

    A process that was suspended meanwhile must notice, even if it made the mark in the backup.
    """
    if not await is_current(database):
        return False
    await database.run(forget_marks)
    return True
