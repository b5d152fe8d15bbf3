"""Keeps a stand-in's world in a file over restarts: one SQLite table of JSON texts by key.

The event loop only encodes what changed. A thread writes it a short while later, in one
transaction, so that the file is always whole.
"""

import asyncio
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from pathlib import Path
from typing import TypeVar

from aiohttp import web

WRITE_DELAY = 0.3
# A key and its text; None deletes the row, and with the empty key all rows.
Row = tuple[str, str | None]
W = TypeVar("W")


class StateFile(ABC):
    """Writes the changes of a world to its file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.changed = asyncio.Event()

    async def run(self) -> None:
        """Write changes, a short while after they happen, until cancelled."""
        while True:
            await self.changed.wait()
            await asyncio.sleep(WRITE_DELAY)
            await self.flush()

    async def flush(self) -> None:
        """Write all changes until now."""
        self.changed.clear()
        rows = await self.take_rows()
        if rows:
            await asyncio.to_thread(_write, self.path, rows)

    @abstractmethod
    async def take_rows(self) -> list[Row]:
        """Return the rows that changed since the last call."""


@asynccontextmanager
async def write_changes(state_file: StateFile) -> AsyncIterator[None]:
    """Write changes to the file while the context lasts, the last ones at its end."""
    writing = asyncio.ensure_future(state_file.run())
    try:
        yield
    finally:
        writing.cancel()
        await asyncio.wait([writing])
        await state_file.flush()


async def read_rows(path: Path) -> list[tuple[str, str]]:
    """Return the rows of the file in the order that they were first written.

    A missing file is created, with its folder.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    return await asyncio.to_thread(_read, path)


def cleanup_context(
    key: web.AppKey[W],
    keep_in_file: Callable[[W, Path], AbstractAsyncContextManager[None]],
    path: Path,
) -> Callable[[web.Application], AsyncIterator[None]]:
    """Return an application's cleanup context that keeps a world in a file."""

    async def keep(app: web.Application) -> AsyncIterator[None]:
        async with keep_in_file(app[key], path):
            yield

    return keep


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("CREATE TABLE IF NOT EXISTS records (key TEXT PRIMARY KEY, body TEXT)")
    return connection


def _read(path: Path) -> list[tuple[str, str]]:
    with closing(_open(path)) as connection:
        return connection.execute("SELECT key, body FROM records ORDER BY rowid").fetchall()


def _write(path: Path, rows: Iterable[Row]) -> None:
    with closing(_open(path)) as connection, connection:
        for key, body in rows:
            if body is not None:
                # An update in place keeps the row's position, and so the order of records.
                connection.execute(
                    "INSERT INTO records VALUES (?, ?)"
                    " ON CONFLICT (key) DO UPDATE SET body = excluded.body",
                    (key, body),
                )
            elif key:
                connection.execute("DELETE FROM records WHERE key = ?", (key,))
            else:
                connection.execute("DELETE FROM records")
