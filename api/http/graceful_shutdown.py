"""Ends the requests under way when the process must go: each is done, or told to come again."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from api.errors.problems import Unavailable

# Seconds until another process may be there.
_BACK_IN = 3
# What was cancelled is rolled back, and answered, within so many seconds.
_LAST = 0.3


class Closing:
    """Knows which requests are under way."""

    def __init__(self) -> None:
        self._under_way: set[asyncio.Task[Any]] = set()
        self._is_closed = False
        self._is_over = False

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Be under way until the block ends; raises Unavailable once the process is going."""
        if self._is_closed:
            raise _stopping()
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 a request is handled in a task
        self._under_way.add(task)
        try:
            yield
        except asyncio.CancelledError:
            if not self._is_over:
                raise
            task.uncancel()
            raise _stopping() from None
        finally:
            self._under_way.discard(task)

    async def close(self, seconds: float) -> None:
        """Begin nothing more; what is not done within so many seconds is answered 503."""
        self._is_closed = True
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=seconds)
        self._is_over = True
        left = list(self._under_way)
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=_LAST)


def _stopping() -> Unavailable:
    return Unavailable("the server is stopping", after=_BACK_IN)
