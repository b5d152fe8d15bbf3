"""Wake a sleeping loop when there is work, so that polling is only the safety net."""

import asyncio
from collections.abc import Callable

from db.cancellation import raise_if_cancelled


class Signal:
    """A signal that anything in this process may set to wake one loop."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def notify(self) -> None:
        self._rung.set()

    async def sleep(self, seconds: float) -> None:
        """Sleep until notified, or for `seconds`; a loop that was cancelled ends here."""
        raise_if_cancelled()
        try:
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        except TimeoutError:
            pass
        self._rung.clear()


class NotifierGroup:
    """Several signals that are notified together."""

    def __init__(self, *notify_all: Callable[[], None]) -> None:
        self._notify_all = notify_all

    def notify(self) -> None:
        for notify in self._notify_all:
            notify()
