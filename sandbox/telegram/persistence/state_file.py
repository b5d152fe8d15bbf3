"""Keeps the world in a file over restarts; only records that changed are encoded and written."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sandbox.common.state_file import Row, StateFile, read_rows, write_changes
from sandbox.telegram.persistence.restore import restore
from sandbox.telegram.persistence.snapshot import build_rows
from sandbox.telegram.state.world import World

BATCH_SIZE = 500


class TelegramStateFile(StateFile):
    """Collects the keys of the records that changed."""

    def __init__(self, world: World, path: Path) -> None:
        super().__init__(path)
        self.world = world
        # A dictionary for its order: new records are written in the order they were made.
        self.dirty: dict[tuple[str, int], None] = {}

    def mark_changed(self, key: str, part: int) -> None:
        """Remember that a record changed."""
        self.dirty[key, part] = None
        self.changed.set()

    async def take_rows(self) -> list[Row]:
        """Return the rows that changed since the last call, encoded in small portions."""
        dirty, self.dirty = list(self.dirty), {}
        rows: list[Row] = []
        for start in range(0, len(dirty), BATCH_SIZE):
            for key, part in dirty[start : start + BATCH_SIZE]:
                rows.extend(build_rows(self.world, key, part))
            await asyncio.sleep(0)
        return rows


@asynccontextmanager
async def keep_in_file(world: World, path: Path) -> AsyncIterator[None]:
    """Restore the world from the file and keep the file up to date while the context lasts."""
    restore(world, await read_rows(path))
    state_file = TelegramStateFile(world, path)
    world.on_change = state_file.mark_changed
    try:
        async with write_changes(state_file):
            yield
    finally:
        world.on_change = None
