"""Clients that keep event streams open, cheap enough for a thousand in one process."""

import asyncio
import re
import time
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlsplit

_NUMBER = re.compile(rb'"event (\d+)"')
# Longer than the searched text, which may arrive in two pieces.
_TAIL = 64
# A server queues only some hundred new connections at once.
_AT_ONCE = 50


@dataclass(slots=True)
class EventTimes:
    """When each stream got each numbered message, by this machine's clock."""

    at: dict[int, list[float]] = field(default_factory=dict)
    ready: int = 0
    broken: int = 0

    def record(self, number: int) -> None:
        self.at.setdefault(number, []).append(time.time())


class _Stream(asyncio.Protocol):
    def __init__(self, request: bytes, times: EventTimes) -> None:
        self._request, self._times = request, times
        self._tail = b""
        self._seen: set[int] = set()
        self._is_ready = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast("asyncio.WriteTransport", transport).write(self._request)

    def data_received(self, data: bytes) -> None:
        text = self._tail + data
        if not self._is_ready and b"event: ready" in text:
            self._is_ready = True
            self._times.ready += 1
        for found in _NUMBER.findall(text):
            number = int(found)
            if number not in self._seen:
                self._seen.add(number)
                self._times.record(number)
        self._tail = text[-_TAIL:]

    def connection_lost(self, exc: Exception | None) -> None:
        self._times.broken += 1


@dataclass(slots=True)
class Listeners:
    """Streams that stay open until `close`."""

    times: EventTimes = field(default_factory=EventTimes)
    _open: list[asyncio.BaseTransport] = field(default_factory=list)

    async def open(self, address: str, tokens: list[str]) -> None:
        """Open a stream for each token, and return when all of them are ready."""
        place = urlsplit(address)
        for start in range(0, len(tokens), _AT_ONCE):
            async with asyncio.TaskGroup() as group:
                for token in tokens[start : start + _AT_ONCE]:
                    group.create_task(self._connect(place.hostname or "", place.port or 80, token))
        while self.times.ready < len(tokens):
            if self.times.broken:
                raise RuntimeError(f"{self.times.broken} streams broke off before they were ready")
            await asyncio.sleep(0.05)

    async def _connect(self, host: str, port: int, token: str) -> None:
        request = (
            f"GET /api/v1/events HTTP/1.1\r\nHost: {host}:{port}\r\n"
            f"Authorization: Bearer {token}\r\n\r\n"
        ).encode()
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_connection(
            lambda: _Stream(request, self.times), host, port
        )
        self._open.append(transport)

    def close(self) -> None:
        """Close every stream."""
        for each in self._open:
            each.close()
