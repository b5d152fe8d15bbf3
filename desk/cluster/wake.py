"""Tells a sleeping loop that there is work, so that polling is only the safety net."""

import asyncio
from collections.abc import Callable

from db.cancellation import raise_if_cancelled


class Signal:
    """An alarm clock that anyone in this process may ring."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def notify(self) -> None:
        self._rung.set()

    async def sleep(self, seconds: float) -> None:
        """Sleep until rung, or for `seconds`; a loop that was told to end does so here."""
        raise_if_cancelled()
        try:
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        except TimeoutError:
            pass
        self._rung.clear()


class NotifierGroup:
    """Several who are woken by one ring."""

    def __init__(self, *rung: Callable[[], None]) -> None:
        self._rung = rung

    def notify(self) -> None:
        for ring in self._rung:
            ring()
