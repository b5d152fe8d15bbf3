"""Bodies of strangers are bounded in time, in size, and in what all of them hold."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from desk.limits.body_reader import (
    BodyAbortedError,
    BodyReader,
    BodyTooLargeError,
    BodyTooSlowError,
)
from tests.patience import PATIENCE


async def pieces(*given: bytes) -> AsyncIterator[bytes]:
    for each in given:
        yield each


class SlowBody:
    """A body that begins and does not go on until it is told to."""

    def __init__(self, start: bytes) -> None:
        self.begun, self.go = asyncio.Event(), asyncio.Event()
        self._start = start

    async def send(self) -> AsyncIterator[bytes]:
        yield self._start
        self.begun.set()
        await self.go.wait()
        yield b"!"


async def begin(reader: BodyReader, *bodies: SlowBody) -> list[asyncio.Task[bytes]]:
    """Read bodies one after the other, each until it stalls."""
    tasks = []
    for each in bodies:
        tasks.append(asyncio.ensure_future(reader.read(each.send(), None)))
        await asyncio.wait_for(each.begun.wait(), PATIENCE)
    return tasks


async def test_a_body_is_read_whole() -> None:
    assert await BodyReader().read(pieces(b"a", b"", b"bc"), 3) == b"abc"
    assert await BodyReader().read(pieces(), None) == b""


async def test_a_body_that_does_not_come_in_time_is_given_up() -> None:
    with pytest.raises(BodyTooSlowError, match="within 0 seconds"):
        await BodyReader(seconds=0.05).read(SlowBody(b"a").send(), None)


@pytest.mark.parametrize("announced", [11, None])
async def test_a_body_is_not_larger_than_allowed(announced: int | None) -> None:
    with pytest.raises(BodyTooLargeError, match="10 bytes"):
        await BodyReader(max_bytes=10).read(pieces(b"x" * 6, b"x" * 5), announced)


async def test_a_route_may_allow_more() -> None:
    assert len(await BodyReader(max_bytes=1).read(pieces(b"xxx"), 3, max_bytes=3)) == 3


async def test_a_body_that_breaks_off_is_an_error_of_its_sender() -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"{"
        raise ConnectionResetError("gone")

    with pytest.raises(BodyAbortedError, match="too early"):
        await BodyReader().read(broken(), None)


@pytest.mark.parametrize(
    "limits", [{"max_bodies": 3}, {"max_bytes_in_all": 30}], ids=["bodies", "bytes"]
)
async def test_who_sends_slowly_makes_place_for_the_others(limits: dict[str, int]) -> None:
    reader = BodyReader(**limits)
    slow = [SlowBody(b"x" * 10) for _ in range(3)]
    tasks = await begin(reader, *slow)
    assert await reader.read(pieces(b"y" * 10), None) == b"y" * 10
    with pytest.raises(BodyTooSlowError):
        await asyncio.wait_for(tasks[0], PATIENCE)
    for each in slow:
        each.go.set()
    assert [await asyncio.wait_for(each, PATIENCE) for each in tasks[1:]] == [b"x" * 10 + b"!"] * 2


async def test_nothing_is_held_after_a_body_has_ended() -> None:
    reader = BodyReader(max_bodies=1, max_bytes_in_all=5)
    for _ in range(3):
        with pytest.raises(BodyTooLargeError):
            await reader.read(pieces(b"x" * 6), None, max_bytes=5)
        assert await reader.read(pieces(b"12345"), None) == b"12345"
    assert not reader._under_way
