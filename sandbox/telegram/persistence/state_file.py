"""Keeps the world in a file over restarts: what changed is written, soon and in small portions.

One SQLite table of JSON texts by key. The event loop only encodes what changed; a thread writes
it, in one transaction, so that the file is always whole.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.telegram.persistence.restore import restore
from sandbox.telegram.persistence.snapshot import Row, build_rows
from sandbox.telegram.state.world import World

WRITE_DELAY = 0.3
BATCH_SIZE = 500


@dataclass(slots=True)
class StateFile:
    """Collects the keys of what changed and writes them out."""

    world: World
    path: Path
    # A dictionary for its order: new records are written in the order they were made.
    dirty: dict[tuple[str, int], None] = field(default_factory=dict)
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, key: str, part: int) -> None:
        """Remember that a record changed."""
        self.dirty[key, part] = None
        self.woken.set()

    async def run(self) -> None:
        """Write what changed, a short while after it did, for ever."""
        while True:
            await self.woken.wait()
            await asyncio.sleep(WRITE_DELAY)
            await self.flush()

    async def flush(self) -> None:
        """Write what changed until now."""
        self.woken.clear()
        dirty, self.dirty = list(self.dirty), {}
        rows: list[Row] = []
        for start in range(0, len(dirty), BATCH_SIZE):
            for key, part in dirty[start : start + BATCH_SIZE]:
                rows.extend(build_rows(self.world, key, part))
            await asyncio.sleep(0)
        if rows:
            await asyncio.to_thread(_write, self.path, rows)


@asynccontextmanager
async def keep_in_file(world: World, path: Path) -> AsyncIterator[None]:
    """Restore the world from the file and keep the file up to date for as long as this lasts."""
    path.parent.mkdir(parents=True, exist_ok=True)
    restore(world, await asyncio.to_thread(_read, path))
    store = StateFile(world, path)
    world.on_change = store.note
    writing = asyncio.ensure_future(store.run())
    try:
        yield
    finally:
        writing.cancel()
        await asyncio.wait([writing])
        await store.flush()
        world.on_change = None


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("CREATE TABLE IF NOT EXISTS records (key TEXT PRIMARY KEY, body TEXT)")
    return connection


def _read(path: Path) -> list[tuple[str, str]]:
    with closing(_open(path)) as connection:
        return connection.execute("SELECT key, body FROM records ORDER BY rowid").fetchall()


def _write(path: Path, rows: list[Row]) -> None:
    with closing(_open(path)) as connection, connection:
        for key, body in rows:
            if body is not None:
                # An update in place keeps the row's place, and so the order of messages.
                connection.execute(
                    "INSERT INTO records VALUES (?, ?)"
                    " ON CONFLICT (key) DO UPDATE SET body = excluded.body",
                    (key, body),
                )
            elif key:
                connection.execute("DELETE FROM records WHERE key = ?", (key,))
            else:
                connection.execute("DELETE FROM records")
