"""Read request bodies of senders who are not authenticated yet, within limits.

A body must arrive in time and must not be too large. If all unfinished bodies together use too much
memory, the oldest one is refused, so that slow senders cannot keep others out.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from http import HTTPStatus

MEGABYTE = 1024 * 1024
MAX_BODY_BYTES = MEGABYTE


class BodyRefusedError(Exception):
    """A body is not read to its end; `status` is the HTTP status that says why."""

    status = HTTPStatus.BAD_REQUEST


class BodyTooLargeError(BodyRefusedError):
    """More bytes were announced or sent than allowed."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class BodyTooSlowError(BodyRefusedError):
    """The body did not arrive in time, or was refused because unfinished bodies used too much."""

    status = HTTPStatus.REQUEST_TIMEOUT


class BodyAbortedError(BodyRefusedError):
    """The sender closed the connection, or broke the rules of HTTP."""


@dataclass(slots=True, eq=False)
class _Reading:
    """A body that is being read."""

    deadline: asyncio.Timeout
    size: int = 0
    parts: list[bytes] = field(default_factory=list)


class BodyReader:
    """Reads the bodies of all routes that share its limits."""

    def __init__(
        self,
        *,
        seconds: float = 10.0,
        max_bytes: int = MAX_BODY_BYTES,
        max_bodies: int = 64,
        max_bytes_in_all: int = 16 * MEGABYTE,
    ) -> None:
        self._seconds = seconds
        self._max_bytes = max_bytes
        self._max_bodies = max_bodies
        self._max_bytes_in_all = max_bytes_in_all
        # Oldest first.
        self._under_way: dict[_Reading, None] = {}

    async def read(
        self, pieces: AsyncIterator[bytes], announced: int | None, *, max_bytes: int | None = None
    ) -> bytes:
        """Read a body of `announced` bytes, if that is known.

        Raises BodyTooLargeError, BodyTooSlowError or BodyAbortedError.
        """
        limit = max_bytes or self._max_bytes
        if (announced or 0) > limit:
            raise BodyTooLargeError(f"the limit is {limit} bytes")
        try:
            async with asyncio.timeout(self._seconds) as deadline:
                return await self._read(_Reading(deadline), pieces, limit)
        except TimeoutError:
            raise BodyTooSlowError(
                f"the body must arrive within {self._seconds:.0f} seconds"
            ) from None

    async def _read(self, reading: _Reading, pieces: AsyncIterator[bytes], limit: int) -> bytes:
        self._under_way[reading] = None
        try:
            self._make_place(reading)
            while (piece := await _read_piece(pieces)) is not None:
                reading.size += len(piece)
                if reading.size > limit:
                    raise BodyTooLargeError(f"the limit is {limit} bytes")
                reading.parts.append(piece)
                self._make_place(reading)
            return b"".join(reading.parts)
        finally:
            self._under_way.pop(reading, None)

    def _make_place(self, newest: _Reading) -> None:
        """End the oldest bodies until the others are within the limits."""
        others = [each for each in self._under_way if each is not newest]
        held = newest.size + sum(each.size for each in others)
        count = len(others) + 1
        for oldest in others:
            if count <= self._max_bodies and held <= self._max_bytes_in_all:
                return
            count, held = count - 1, held - oldest.size
            del self._under_way[oldest]
            oldest.deadline.reschedule(0)


async def _read_piece(pieces: AsyncIterator[bytes]) -> bytes | None:
    try:
        return await anext(pieces, None)
    except Exception as error:
        # Whatever a server's stream raises: the rest does not come.
        raise BodyAbortedError("the body ended too early") from error
