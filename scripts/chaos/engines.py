"""The desk's database: makes it unavailable for a while, and reads from it."""

import asyncio
import sqlite3
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pymysql
from pymysql.cursors import DictCursor

from db.migrations import open_migrated
from db.url import parse_database_url
from scripts.private_servers.mariadb import PASSWORD, USER, MariaDB

Row = dict[str, Any]
_LONGEST_LOCK = 5.0
_LONGEST_ABSENCE = 2.0
_PATIENCE = 30
# A transaction beside the desk's own may be the one that is rolled back.
_MOST_TRIES, _LOCK_CONFLICTS = 20, {1205, 1213}


@dataclass
class Engine(ABC):
    """A database server or file; `outages` are pairs of Unix times, from and to."""

    outages: list[tuple[float, float]] = field(default_factory=list)
    # Nothing reads a database that is unavailable, and alembic can migrate only one at a time.
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    @abstractmethod
    @asynccontextmanager
    def create_database(self, folder: Path) -> AsyncIterator[str]:
        """Yield the DATABASE_URL of a database with every table and no row."""

    @abstractmethod
    def _interrupt(self, url: str, size: float) -> None:
        """Make the database unavailable for a while, then restore it."""

    @abstractmethod
    def _rows(self, url: str, statement: str) -> list[Row]:
        """Read rows without a transaction that could block the desk."""

    @abstractmethod
    def _execute(self, url: str, statements: Sequence[str]) -> None:
        """Change rows in one transaction."""

    async def execute(self, url: str, *statements: str) -> None:
        """Change rows without the desk, when the database is available."""
        async with self._one_at_a_time:
            await asyncio.to_thread(self._execute, url, statements)

    async def rows(self, url: str, statement: str) -> list[Row]:
        """Read rows when the database is available."""
        async with self._one_at_a_time:
            return await asyncio.to_thread(self._rows, url, statement)

    async def interrupt(self, url: str, size: float) -> None:
        """Make the database unavailable for a while, longer for a larger `size` (0 to 1)."""
        async with self._one_at_a_time:
            began = time.time()
            try:
                await asyncio.to_thread(self._interrupt, url, size)
            finally:
                self.outages.append((began, time.time()))


class SqliteEngine(Engine):
    """One file, made unavailable by an exclusive lock."""

    @asynccontextmanager
    async def create_database(self, folder: Path) -> AsyncIterator[str]:
        url = f"sqlite+aiosqlite:///{folder / 'osmodesk.db'}"
        async with self._one_at_a_time:
            await _migrate(url)
        yield url

    def _interrupt(self, url: str, size: float) -> None:
        with closing(sqlite3.connect(_file(url), timeout=_PATIENCE, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            time.sleep(size * _LONGEST_LOCK)
            other.execute("ROLLBACK")

    def _execute(self, url: str, statements: Sequence[str]) -> None:
        with closing(sqlite3.connect(_file(url), timeout=_PATIENCE)) as writer, writer:
            for statement in statements:
                writer.execute(statement)

    def _rows(self, url: str, statement: str) -> list[Row]:
        with closing(sqlite3.connect(f"file:{_file(url)}?mode=ro", uri=True)) as reader:
            reader.row_factory = sqlite3.Row
            return [dict(row) for row in reader.execute(statement)]


@dataclass
class MariaDBEngine(Engine):
    """A private MariaDB server, made unavailable by SIGKILL and restarted with its data."""

    server: MariaDB = field(kw_only=True)

    @asynccontextmanager
    async def create_database(self, folder: Path) -> AsyncIterator[str]:
        del folder
        async with self._one_at_a_time:
            name = self.server.create_database()
            url = self.server.url(name)
            await _migrate(url)
        yield url
        async with self._one_at_a_time:
            self.server.execute(f"DROP DATABASE {name}")

    def _interrupt(self, url: str, size: float) -> None:
        del url
        self.server.kill()
        time.sleep(size * _LONGEST_ABSENCE)
        self.server.start()

    def _execute(self, url: str, statements: Sequence[str]) -> None:
        for _ in range(_MOST_TRIES):
            with self._connect(url, autocommit=False) as connection, connection.cursor() as cursor:
                try:
                    for statement in statements:
                        cursor.execute(statement)
                    connection.commit()
                except pymysql.err.OperationalError as error:
                    if error.args[0] not in _LOCK_CONFLICTS:
                        raise
                else:
                    return

    def _rows(self, url: str, statement: str) -> list[Row]:
        with self._connect(url, autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall())

    def _connect(self, url: str, *, autocommit: bool) -> "pymysql.Connection[DictCursor]":
        return pymysql.connect(
            host="127.0.0.1",
            port=self.server.port,
            user=USER,
            password=PASSWORD,
            database=url.rpartition("/")[2],
            autocommit=autocommit,
            charset="utf8mb4",
            cursorclass=DictCursor,
        )


@contextmanager
def run_mariadb(folder: Path) -> Iterator[MariaDBEngine]:
    """Run a private server while the block lasts.

    Raises ProgramMissingError if none is installed.
    """
    server = MariaDB(folder)
    try:
        server.start()
        yield MariaDBEngine(server=server)
    finally:
        server.stop()


def _file(url: str) -> str:
    return url.removeprefix("sqlite+aiosqlite:///")


async def _migrate(url: str) -> None:
    async with open_migrated(parse_database_url(url)):
        pass
