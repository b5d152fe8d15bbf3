"""Notices that a database was replaced or lost its tables under the running process.

Such a process would continue with its data in memory: it would receive nothing and report that it
is healthy.
"""

import asyncio

import structlog
from sqlalchemy.exc import DBAPIError

from db.database import Database
from db.errors import DATABASE_ERRORS
from db.queries import installation
from db.revision import is_current

log = structlog.get_logger(__name__)

_INTERVAL = 10.0
_HINT = "stop this process and start it again"


class DatabaseReplacedError(Exception):
    """The database is not the one that this process started with."""


class TablesMissingError(Exception):
    """The database has no tables, or those of another version."""


class DatabaseWatch:
    """Compares the database with the one that this process started with."""

    def __init__(self, database: Database, mark: str) -> None:
        self._database = database
        self._mark = mark
        self._file = _identify_file(database)
        self._reported = ""

    async def check(self) -> None:
        """Raise DatabaseReplacedError, TablesMissingError, or the error of an absent database."""
        if _identify_file(self._database) != self._file:
            raise DatabaseReplacedError(
                f"the file {self._database.address.sqlite_file} was moved or replaced"
            )
        try:
            async with self._database.transaction() as tx:
                is_ours = await installation.has_mark(tx, self._mark)
        except DBAPIError:
            if not await is_current(self._database):
                raise TablesMissingError("its tables are gone") from None
            raise
        if not is_ours:
            raise DatabaseReplacedError("it was reset, restored or replaced")

    async def run(self) -> None:
        """Check from time to time, and log a finding once, until cancelled."""
        while True:
            await asyncio.sleep(_INTERVAL)
            try:
                await self.check()
            except (DatabaseReplacedError, TablesMissingError) as error:
                self._report(str(error))
            except DATABASE_ERRORS:
                continue  # the loops that need the database log this
            else:
                self._reported = ""

    def _report(self, reason: str) -> None:
        if reason != self._reported:
            self._reported = reason
            log.error("database.replaced", reason=reason, hint=_HINT)


async def watch_database(database: Database) -> DatabaseWatch:
    """Return the watch of a database whose tables are there."""
    return DatabaseWatch(database, await database.run(installation.ensure_mark))


def _identify_file(database: Database) -> tuple[int, int] | None:
    """Return what a path leads to; None for a server, a database in memory, or no file."""
    file = database.address.sqlite_file
    if file is None:
        return None
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
