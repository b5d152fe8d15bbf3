"""Hash passwords outside the event loop, with a limited number of threads.

A hash at cost 12 takes a core for about a fifth of a second. The threads are few and have a lower
priority, so that the rest of the process goes first. A caller who would wait long gets an error.
"""

import asyncio
import contextlib
import os
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from desk.accounts.passwords import hash_password_sync, verify_password_sync

T = TypeVar("T")

# More threads would take the cores that serve everyone else.
_MAX_WORKERS = 4
_MAX_WAITING, _MAX_WAITING_IN_ALL = 16, 64
_SECONDS_PER_HASH = 0.25
_NICE = 10


class OverloadedError(Exception):
    """Too many hashes are waiting; try again in `after` seconds."""

    def __init__(self, after: float) -> None:
        super().__init__(f"too many log-ins at once: try again in {after:.0f} seconds")
        self.after = after


class Hasher:
    """A few threads that hash, with a short queue for each network.

    The networks take turns, so a flood of log-ins delays only the network that it comes from.
    """

    def __init__(
        self,
        workers: int | None = None,
        max_waiting: int = _MAX_WAITING,
        max_waiting_in_all: int = _MAX_WAITING_IN_ALL,
    ) -> None:
        """Let `max_waiting` hashes of one network wait."""
        self._workers = workers or max(1, min(_MAX_WORKERS, (os.cpu_count() or 1) - 1))
        self._max_waiting, self._max_waiting_in_all = max_waiting, max_waiting_in_all
        self._busy = 0
        # The network whose turn is next comes first.
        self._queues: dict[str, deque[asyncio.Future[None]]] = {}
        self._threads = ThreadPoolExecutor(self._workers, "hashing", initializer=_lower_priority)

    async def hash(self, password: str, *, network: str = "") -> str:
        """Return the hash to store; raise BadPasswordError beyond 72 bytes, or OverloadedError."""
        return await self._run(lambda: hash_password_sync(password), network)

    async def verify(self, password: str, password_hash: str | None, *, network: str = "") -> bool:
        """Check a password against its hash; None (no such user) takes the same time.

        Raises OverloadedError.
        """
        return await self._run(lambda: verify_password_sync(password, password_hash), network)

    async def close(self) -> None:
        """Stop the threads; waiting jobs are not started."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _run(self, job: Callable[[], T], network: str) -> T:
        await self._wait_for_turn(network)
        future = self._threads.submit(job)
        # A job counts until its thread is done, even if the caller no longer waits for it.
        loop = asyncio.get_running_loop()
        future.add_done_callback(lambda _: _call_in_loop(loop, self._release))
        return await asyncio.wrap_future(future)

    async def _wait_for_turn(self, network: str) -> None:
        if self._busy < self._workers:
            self._busy += 1
            return
        self._make_place(network)
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queues.setdefault(network, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            was_given = turn.done() and not turn.cancelled() and turn.exception() is None
            if was_given:  # at the same moment
                self._release()
            raise

    def _make_place(self, network: str) -> None:
        """Raise OverloadedError if too many wait, or refuse the newest of the longest queue."""
        own = len(self._queues.get(network, ()))
        waiting = sum(len(each) for each in self._queues.values())
        after = (self._busy + waiting) * _SECONDS_PER_HASH / self._workers
        if own >= self._max_waiting:
            raise OverloadedError(after)
        if waiting >= self._max_waiting_in_all:
            longest = max(self._queues.values(), key=len)
            if len(longest) <= own + 1:
                raise OverloadedError(after)
            newest = longest.pop()
            if not newest.done():
                newest.set_exception(OverloadedError(after))

    def _release(self) -> None:
        self._busy -= 1
        while self._queues and self._busy < self._workers:
            network = next(iter(self._queues))
            queue = self._queues.pop(network)
            turn = queue.popleft()
            if queue:
                self._queues[network] = queue
            if not turn.done():  # otherwise the caller waits no more
                self._busy += 1
                turn.set_result(None)


def _call_in_loop(loop: asyncio.AbstractEventLoop, callback: Callable[[], None]) -> None:
    with contextlib.suppress(RuntimeError):  # the loop is closed: the process ends
        loop.call_soon_threadsafe(callback)


def _lower_priority() -> None:
    # Only this thread's priority changes; that works on Linux alone.
    with contextlib.suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
