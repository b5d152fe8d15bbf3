"""Backup and restore of SQLite by its own backup interface, also while the file is in use."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from db.sqlite_files import make_private
from db.url import DatabaseUrl
from scripts.upkeep.errors import UpkeepError

_TIMEOUT = 15.0
# Pages in one step of a restore, after which progress is shown: 8 MB.
_PAGES = 2048
_HEADER = b"SQLite format 3\0"
_HAS_TABLES = "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"


def backup(address: DatabaseUrl, file: Path) -> None:
    """Copy the database into the file."""
    here = _get_file(address)
    if not here.is_file():
        raise UpkeepError(f"there is no database {here} yet: osmodesk db migrate creates it")
    try:
        with closing(_open(here)) as source, closing(sqlite3.connect(file)) as target:
            if not source.execute(_HAS_TABLES).fetchone():
                raise UpkeepError(f"{here} has no tables yet: osmodesk db migrate creates them")
            source.backup(target)
    except sqlite3.Error as error:
        raise UpkeepError(f"{here} cannot be copied to {file.parent}: {error}") from None
    check(file)


def restore(address: DatabaseUrl, file: Path, on_progress: Callable[[int, int], None]) -> None:
    """Copy the file into the database in one transaction, and verify what is there then.

    Processes that have it open see the new contents.
    """
    make_private(str(_get_file(address)))
    try:
        with (
            closing(_open_backup(file)) as source,
            closing(sqlite3.connect(_get_file(address), timeout=_TIMEOUT)) as target,
        ):
            source.backup(
                target,
                pages=_PAGES,
                progress=lambda _state, left, total: on_progress(total - left, total),
            )
            _verify(source, target)
    except sqlite3.Error as error:
        text = f"{_get_file(address)} cannot be overwritten, and is as it was: {error}"
        raise UpkeepError(
            f"{text}; stop osmodesk run first, and see that the disk is not full"
        ) from None


def _verify(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Raise UpkeepError unless both have the same tables with as many rows, undamaged."""
    [result] = target.execute("PRAGMA quick_check").fetchone()
    if result != "ok" or _count_rows(source) != _count_rows(target):
        raise UpkeepError("what was restored is not what the backup has: restore it again")


def _count_rows(connection: sqlite3.Connection) -> dict[str, int]:
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    count = 'SELECT COUNT(*) FROM "{}"'
    return {name: connection.execute(count.format(name)).fetchone()[0] for [name] in tables}


def _get_file(address: DatabaseUrl) -> Path:
    if address.sqlite_file is None:
        raise UpkeepError("a database in memory has no file to copy")
    return address.sqlite_file


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


def is_sqlite(file: Path) -> bool:
    """Check whether the file is an SQLite database, whole or not."""
    with file.open("rb") as opened:
        return opened.read(len(_HEADER)) == _HEADER


def check(file: Path) -> None:
    """Raise UpkeepError unless the file is an undamaged backup."""
    try:
        with closing(_open_backup(file)) as source:
            [result] = source.execute("PRAGMA quick_check").fetchone()
            source.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise UpkeepError(f"{file} is not a backup of OsmoDesk: {error}") from None
    if result != "ok":
        raise UpkeepError(f"{file} is damaged: {result}")
