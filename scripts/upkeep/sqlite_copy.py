"""Backup and restore of SQLite by its own backup interface, also while the file is in use."""

import sqlite3
from contextlib import closing
from pathlib import Path

from db.sqlite_files import make_private
from db.url import DatabaseUrl
from scripts.upkeep.errors import UpkeepError

_TIMEOUT = 15.0


def backup(address: DatabaseUrl, file: Path) -> None:
    """Copy the database into the file."""
    here = _get_file(address)
    if not here.is_file():
        raise UpkeepError(f"there is no database {here} yet: osmodesk db migrate creates it")
    try:
        with closing(_open(here)) as source, closing(sqlite3.connect(file)) as target:
            source.backup(target)
    except sqlite3.Error as error:
        raise UpkeepError(f"{here} cannot be copied: {error}") from None


def restore(address: DatabaseUrl, file: Path) -> None:
    """Copy the file into the database; processes that have it open see the new contents."""
    _check(file)
    make_private(str(_get_file(address)))
    try:
        with (
            closing(_open_backup(file)) as source,
            closing(sqlite3.connect(_get_file(address), timeout=_TIMEOUT)) as target,
        ):
            source.backup(target)
    except sqlite3.Error as error:
        text = f"{_get_file(address)} cannot be overwritten: {error}; stop osmodesk run first"
        raise UpkeepError(text) from None


def _get_file(address: DatabaseUrl) -> Path:
    name = address.url.database
    if not name or name == ":memory:":
        raise UpkeepError("a database in memory has no file to copy")
    return Path(name)


def _open(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=_TIMEOUT)


def _open_backup(file: Path) -> sqlite3.Connection:
    """Open a file that nobody changes: SQLite then leaves no files of its own beside it."""
    log = file.with_name(f"{file.name}-wal")
    if log.exists() and log.stat().st_size:
        # Not a backup of ours, but a copied database with its log.
        return _open(file)
    uri = f"{file.absolute().as_uri()}?mode=ro&immutable=1"
    return sqlite3.connect(uri, uri=True, timeout=_TIMEOUT)


def _check(file: Path) -> None:
    try:
        with closing(_open_backup(file)) as source:
            [result] = source.execute("PRAGMA quick_check").fetchone()
            source.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise UpkeepError(f"{file} is not a backup of OsmoDesk: {error}") from None
    if result != "ok":
        raise UpkeepError(f"{file} is damaged: {result}")
