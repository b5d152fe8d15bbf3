"""Check whether Telegram is reachable when no poller would notice an outage."""

import asyncio
import time

from aiogram.methods import GetMe

from bot.bot_factory import Bot

_FRESH_FOR = 2.0


class Probe:
    """A check of one bot that calls Telegram at most once every `fresh_for` seconds."""

    def __init__(self, bot: Bot, *, fresh_for: float = _FRESH_FOR) -> None:
        self._bot = bot
        self._fresh_for = fresh_for
        self._fresh_until = 0.0
        self._error: Exception | None = None
        self._lock = asyncio.Lock()

    async def check(self) -> None:
        """Raise aiogram's error if Telegram is unreachable or does not know the bot."""
        async with self._lock:
            if time.monotonic() >= self._fresh_until:
                self._error = await self._ask()
                self._fresh_until = time.monotonic() + self._fresh_for
        if self._error is not None:
            raise self._error

    async def _ask(self) -> Exception | None:
        try:
            await self._bot(GetMe())
        except Exception as error:
            return error
        return None
