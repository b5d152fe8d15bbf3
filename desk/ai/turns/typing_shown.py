"""Show the customer that somebody types while an AI agent thinks."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Protocol, TypeVar

from db.queries.conversations.threads import Thread

T = TypeVar("T")

# Providers show it for some seconds only. Nobody needs it before an answer that comes at once.
_INTERVAL, _FIRST = 4.0, 0.5


class ShowsTyping(Protocol):
    """Shows the typing indicator once; raises nothing, and delays no message."""

    async def show_typing(self, thread: Thread) -> None: ...


async def show_while(typing: ShowsTyping | None, thread: Thread, work: Coroutine[Any, Any, T]) -> T:
    """Return the result of `work`, and show the typing indicator until then."""
    if typing is None:
        return await work
    async with asyncio.TaskGroup() as group:
        shown = group.create_task(_repeat(typing, thread))
        try:
            return await work
        finally:
            shown.cancel()


async def _repeat(typing: ShowsTyping, thread: Thread) -> None:
    await asyncio.sleep(_FIRST)
    while True:
        await typing.show_typing(thread)
        await asyncio.sleep(_INTERVAL)
