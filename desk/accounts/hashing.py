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

from desk.accounts.passwords import hash_now, verify_now

T = TypeVar("T")

# More would take the cores that answer everybody else.
_MOST_WORKERS = 4
_MOST_WAITING = 16
_SECONDS_EACH = 0.25
_NICE = 10


class OverloadedError(Exception):
    """So many hashes are waiting that another one is not taken; come again `after` seconds."""

    def __init__(self, after: float) -> None:
        super().__init__(f"too many log-ins at once: again in {after:.0f} seconds")
        self.after = after


class Hasher:
    """A few threads that hash, and a short queue before them."""

    def __init__(self, workers: int | None = None, most_waiting: int = _MOST_WAITING) -> None:
        self._workers = workers or max(1, min(_MOST_WORKERS, (os.cpu_count() or 1) - 1))
        self._most = self._workers + most_waiting
        self._busy = 0
        self._threads = ThreadPoolExecutor(self._workers, "hashing", initializer=_step_back)

    async def hash(self, password: str) -> str:
        """Give the hash to be kept; raises BadPasswordError beyond 72 bytes, OverloadedError."""
        return await self._run(lambda: hash_now(password))

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Tell whether the password is the hash's, in the same time for no user (None).

        Raises OverloadedError.
        """
        return await self._run(lambda: verify_now(password, password_hash))

    async def close(self) -> None:
        """Let the threads end; what waits is not begun."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _run(self, work: Callable[[], T]) -> T:
        if self._busy >= self._most:
            raise OverloadedError(self._busy * _SECONDS_EACH / self._workers)
        self._busy += 1
        future = self._threads.submit(work)
        # Counted until the thread is done with it, also when nobody waits for it any more.
        loop = asyncio.get_running_loop()
        future.add_done_callback(lambda _: _call(loop, self._leave))
        return await asyncio.wrap_future(future)

    def _leave(self) -> None:
        self._busy -= 1


def _call(loop: asyncio.AbstractEventLoop, what: Callable[[], None]) -> None:
    with contextlib.suppress(RuntimeError):  # the loop is closed: the process ends
        loop.call_soon_threadsafe(what)


def _step_back() -> None:
    # Of this thread alone, which is a thing of Linux.
    with contextlib.suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
