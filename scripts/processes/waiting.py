"""Wait at a process's start for the database, and for the Redis that a second worker needs."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from db.errors import is_away
from desk.cluster.membership import RedisAwayError
from scripts.monitoring.error_messages import explain

log = structlog.get_logger(__name__)

T = TypeVar("T")
_PAUSE = 1.0
# The same reason is logged again after this time.
_REMIND_INTERVAL = 60.0


async def start_when_available(start: Callable[[], Awaitable[T]], stop: asyncio.Event) -> T | None:
    """Return what `start` returns, trying again while a server that it needs is away.

    Returns None if `stop` is set before. Other errors, such as a wrong password, are raised at
    once. `start` must leave nothing behind when it fails or is cancelled.
    """
    report = _Report()
    while not stop.is_set():
        try:
            started = await _run_unless(stop, start())
        except Exception as error:
            if not (is_away(error) or isinstance(error, RedisAwayError)):
                raise
            report.add(explain(error))
        else:
            report.end()
            return started
        await _run_unless(stop, asyncio.sleep(_PAUSE))
    return None


async def _run_unless(stop: asyncio.Event, work: Awaitable[T]) -> T | None:
    """Return the result of `work`; cancel it and return None when `stop` is set."""
    working, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
    finally:
        for each in (working, stopping):
            each.cancel()
        await asyncio.gather(working, stopping, return_exceptions=True)
    return None


class _Report:
    """Logs why the start waits: once for each reason, and again every minute."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._reason = ""
        self._logged_at = 0.0

    def add(self, reason: str) -> None:
        now = time.monotonic()
        if reason == self._reason and now - self._logged_at < _REMIND_INTERVAL:
            return
        self._reason, self._logged_at = reason, now
        log.warning(
            "start.waits",
            reason=reason,
            hint="the start goes on as soon as it answers; Ctrl-C ends it",
            seconds=round(now - self._began),
        )

    def end(self) -> None:
        if self._reason:
            log.info("start.goes_on", seconds=round(time.monotonic() - self._began))
