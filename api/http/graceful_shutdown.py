"""Finish or reject the running requests when the process stops."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from api.errors.problems import ServiceUnavailable

# Another process may be ready after this many seconds.
_RETRY_AFTER_SECONDS = 3
# A cancelled request is rolled back and answered within this many seconds.
_CANCEL_SECONDS = 0.3


class GracefulShutdown:
    """Tracks the running requests."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()
        self._is_closed = False
        self._is_cancelling = False

    @contextmanager
    def track(self) -> Iterator[None]:
        """Track the current request inside the block; raises ServiceUnavailable during shutdown."""
        if self._is_closed:
            raise _server_stopping()
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 a request is handled in a task
        self._running.add(task)
        try:
            yield
        except asyncio.CancelledError:
            if not self._is_cancelling:
                raise
            task.uncancel()
            raise _server_stopping() from None
        finally:
            self._running.discard(task)

    async def close(self, seconds: float) -> None:
        """Reject new requests, wait for the running ones, then cancel the rest.

        `seconds` is how long to wait. A cancelled request is answered with 503.
        """
        self._is_closed = True
        if self._running:
            await asyncio.wait(self._running, timeout=seconds)
        self._is_cancelling = True
        left = list(self._running)
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=_CANCEL_SECONDS)


def _server_stopping() -> ServiceUnavailable:
    return ServiceUnavailable("the server is stopping", after=_RETRY_AFTER_SECONDS)
