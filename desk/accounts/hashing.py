"""Hashes passwords beside the event loop, so many at a time and no more.

A hash at cost 12 takes a core for about a fifth of a second. The threads are few and run at a lower
priority, so that whatever else the process does goes first; who would have to wait long is told so.
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

# More would take the cores that answer everybody else.
_MAX_WORKERS = 4
_MAX_WAITING = 16
_SECONDS_PER_HASH = 0.25
_NICE = 10


class OverloadedError(Exception):
    """So many hashes are waiting that another one is not taken; come again `after` seconds."""

    def __init__(self, after: float) -> None:
        super().__init__(f"too many log-ins at once: try again in {after:.0f} seconds")
        self.after = after


class Hasher:
    """A few threads that hash, and a short queue before them."""

    def __init__(self, workers: int | None = None, max_waiting: int = _MAX_WAITING) -> None:
        self._workers = workers or max(1, min(_MAX_WORKERS, (os.cpu_count() or 1) - 1))
        self._max_jobs = self._workers + max_waiting
        self._busy = 0
        self._threads = ThreadPoolExecutor(self._workers, "hashing", initializer=_lower_priority)

    async def hash(self, password: str) -> str:
        """Give the hash to be kept; raises BadPasswordError beyond 72 bytes, OverloadedError."""
        return await self._run(lambda: hash_password_sync(password))

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Tell whether the password is the hash's, in the same time for no user (None).

        Raises OverloadedError.
        """
        return await self._run(lambda: verify_password_sync(password, password_hash))

    async def close(self) -> None:
        """Let the threads end; what waits is not begun."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _run(self, job: Callable[[], T]) -> T:
        if self._busy >= self._max_jobs:
            raise OverloadedError(self._busy * _SECONDS_PER_HASH / self._workers)
        self._busy += 1
        future = self._threads.submit(job)
        # Counted until the thread is done with it, also when nobody waits for it any more.
        loop = asyncio.get_running_loop()
        future.add_done_callback(lambda _: _call_in_loop(loop, self._release))
        return await asyncio.wrap_future(future)

    def _release(self) -> None:
        self._busy -= 1


def _call_in_loop(loop: asyncio.AbstractEventLoop, callback: Callable[[], None]) -> None:
    with contextlib.suppress(RuntimeError):  # the loop is closed: the process ends
        loop.call_soon_threadsafe(callback)


def _lower_priority() -> None:
    # Of this thread alone, which is a thing of Linux.
    with contextlib.suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
