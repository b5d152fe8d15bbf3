"""Cache files fetched from providers; when space runs out, the longest unused go first."""

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import BinaryIO
from weakref import WeakValueDictionary

from db.ids import new_id
from desk.media.errors import FileTooLargeError

MEGABYTE = 1024 * 1024
_MAX_CACHE_BYTES = 1024 * MEGABYTE
# How many files are fetched at once: each holds a connection to the provider.
_MAX_FETCHES = 8

Fetch = Callable[[], AsyncGenerator[bytes, None]]
_PART_SUFFIX = ".part"


class MediaCache:
    """A folder of at most `room` bytes, in which no file has more than a quarter of that."""

    def __init__(self, folder: Path, *, room: int = _MAX_CACHE_BYTES) -> None:
        self._folder = folder
        self._room = room
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._fetching = asyncio.Semaphore(_MAX_FETCHES)

    async def file(self, name: str, fetch: Fetch) -> Path:
        """Return the file of this name; fetch it first if it is not here.

        Other callers who ask for it meanwhile wait for the same fetch. `name` must be made by us.
        Raises what `fetch` raises, and FileTooLargeError for a file that is too large for the
        cache.
        """
        place = self._folder / name
        turn = self._turns.setdefault(name, asyncio.Lock())
        async with turn:
            if not await asyncio.to_thread(_touch, place):
                async with self._fetching:
                    await self._fetch(place, fetch)
        return place

    def forget(self, name: str) -> None:
        """Remove the file of this name, if it is here."""
        (self._folder / name).unlink(missing_ok=True)

    async def _fetch(self, place: Path, fetch: Fetch) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = self._folder / f"{new_id()}{_PART_SUFFIX}"
        try:
            async with contextlib.aclosing(fetch()) as chunks:
                await self._write(unfinished, chunks)
            unfinished.rename(place)
        finally:
            unfinished.unlink(missing_ok=True)
        await asyncio.to_thread(self._make_room, but=place)

    async def _write(self, path: Path, chunks: AsyncGenerator[bytes, None]) -> None:
        size = 0
        with await asyncio.to_thread(path.open, "xb") as file:
            async for chunk in chunks:
                size += len(chunk)
                if size > self._room // 4:
                    raise FileTooLargeError(f"it is larger than {self._room // 4 // MEGABYTE} MB")
                await asyncio.to_thread(_write, file, chunk)

    def _make_room(self, but: Path) -> None:
        """Remove the longest unused files until the rest fits."""
        kept = sorted(_list_files(self._folder), key=lambda each: each[0], reverse=True)
        total = 0
        for _, size, path in kept:
            total += size
            if total > self._room and path != but:
                path.unlink(missing_ok=True)


def _write(file: BinaryIO, chunk: bytes) -> None:
    file.write(chunk)


def _touch(path: Path) -> bool:
    """Mark a file as used now; return False if it does not exist."""
    try:
        os.utime(path, (time.time(), path.stat().st_mtime))
    except FileNotFoundError:
        return False
    return True


def _list_files(folder: Path) -> list[tuple[float, int, Path]]:
    """List (last use, size, path) of the cached files, without unfinished ones."""
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(_PART_SUFFIX):
                continue
            with contextlib.suppress(FileNotFoundError):
                known = entry.stat()
                found.append((known.st_atime, known.st_size, Path(entry.path)))
    return found
