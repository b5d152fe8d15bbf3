"""Hash passwords outside the event loop, with a limited number of threads.

A hash at cost 12 takes a core for about a fifth of a second. The threads are few and have a lower
priority, so that the rest of the process goes first. A caller who would wait long gets an error.
"""

import asyncio
import contextlib
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from desk.accounts.passwords import hash_password_sync, verify_password_sync

T = TypeVar("T")

# More threads would take the cores that serve everyone else.
_MAX_WORKERS = 4
_MAX_WAITING = 16
_SECONDS_PER_HASH = 0.25
_NICE = 10


class OverloadedError(Exception):
    """Too many hashes are waiting; try again in `after` seconds."""

    def __init__(self, after: float) -> None:
        super().__init__(f"too many log-ins at once: try again in {after:.0f} seconds")
        self.after = after


class Hasher:
    """A few threads that hash, with a short queue."""

    def __init__(self, workers: int | None = None, max_waiting: int = _MAX_WAITING) -> None:
        self._workers = workers or max(1, min(_MAX_WORKERS, (os.cpu_count() or 1) - 1))
        self._max_jobs = self._workers + max_waiting
        self._busy = 0
        self._threads = ThreadPoolExecutor(self._workers, "hashing", initializer=_lower_priority)

    async def hash(self, password: str) -> str:
        """Return the hash to store; raise BadPasswordError beyond 72 bytes, or OverloadedError."""
        return await self._run(lambda: hash_password_sync(password))

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Check a password against its hash; None (no such user) takes the same time.

        Raises OverloadedError.
        """
        return await self._run(lambda: verify_password_sync(password, password_hash))

    async def close(self) -> None:
        """Stop the threads; waiting jobs are not started."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _run(self, job: Callable[[], T]) -> T:
        if self._busy >= self._max_jobs:
            raise OverloadedError(self._busy * _SECONDS_PER_HASH / self._workers)
        self._busy += 1
        future = self._threads.submit(job)
        # A job counts until its thread is done, even if the caller no longer waits for it.
        loop = asyncio.get_running_loop()
        future.add_done_callback(lambda _: _call_in_loop(loop, self._release))
        return await asyncio.wrap_future(future)

    def _release(self) -> None:
        self._busy -= 1


def _call_in_loop(loop: asyncio.AbstractEventLoop, callback: Callable[[], None]) -> None:
    with contextlib.suppress(RuntimeError):  # the loop is closed: the process ends
        loop.call_soon_threadsafe(callback)


def _lower_priority() -> None:
    # Only this thread's priority changes; that works on Linux alone.
    with contextlib.suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
