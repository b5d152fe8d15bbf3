"""A cached file is not fetched again, as long as there is room."""

import asyncio
import os
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import pytest

from desk.media.cache import MediaCache
from desk.media.errors import FileGoneError, FileTooLargeError

Fetch = Callable[[], AsyncGenerator[bytes, None]]


class Provider:
    """Counts how often it is asked; it can be made to wait in the middle."""

    def __init__(self) -> None:
        self.asked = 0
        self.began = asyncio.Event()
        self.resume = asyncio.Event()
        self.resume.set()

    def gives(self, *pieces: bytes, error: Exception | None = None) -> Fetch:
        async def fetch() -> AsyncGenerator[bytes, None]:
            self.asked += 1
            self.began.set()
            for piece in pieces:
                yield piece
                await self.resume.wait()
            if error is not None:
                raise error

        return fetch


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


async def test_a_file_is_fetched_once_for_all_callers(tmp_path: Path) -> None:
    provider, cache = Provider(), MediaCache(tmp_path / "cache")
    provider.resume.clear()
    fetch = provider.gives(b"one ", b"two")
    asking = [asyncio.create_task(cache.file("a", fetch)) for _ in range(5)]
    await provider.began.wait()
    provider.resume.set()
    paths = await asyncio.gather(*asking)
    assert {path.read_bytes() for path in paths} == {b"one two"}
    assert provider.asked == 1
    assert await cache.file("a", fetch) == paths[0]
    assert provider.asked == 1


async def test_a_failed_fetch_is_repeated(tmp_path: Path) -> None:
    provider, cache = Provider(), MediaCache(tmp_path)
    with pytest.raises(FileGoneError):
        await cache.file("a", provider.gives(b"half", error=FileGoneError("gone")))
    assert names(tmp_path) == set()
    path = await cache.file("a", provider.gives(b"whole"))
    assert path.read_bytes() == b"whole"


async def test_the_longest_unused_files_are_removed(tmp_path: Path) -> None:
    provider, cache = Provider(), MediaCache(tmp_path, room=100)
    for number, name in enumerate("abcd"):
        path = await cache.file(name, provider.gives(bytes(25)))
        os.utime(path, (1000 + number, 5))
    await cache.file("a", provider.gives())  # used again
    await cache.file("e", provider.gives(bytes(25)))
    assert names(tmp_path) == {"a", "c", "d", "e"}
    assert (tmp_path / "a").stat().st_mtime == 5  # the time of use is not the time of change
    await cache.file("b", provider.gives(bytes(25)))
    assert names(tmp_path) == {"a", "b", "d", "e"}


async def test_one_file_does_not_take_all_the_room(tmp_path: Path) -> None:
    provider, cache = Provider(), MediaCache(tmp_path, room=100)
    await cache.file("a", provider.gives(bytes(25)))
    with pytest.raises(FileTooLargeError):
        await cache.file("b", provider.gives(bytes(20), bytes(20)))
    assert names(tmp_path) == {"a"}


async def test_a_cancelled_fetch_leaves_no_unfinished_file(tmp_path: Path) -> None:
    provider, cache = Provider(), MediaCache(tmp_path)
    provider.resume.clear()
    asking = asyncio.create_task(cache.file("a", provider.gives(b"half", b"more")))
    await provider.began.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert names(tmp_path) == set()
