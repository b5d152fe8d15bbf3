"""Resolve names in separate threads, so that a slow name delays no other lookup.

The event loop has few threads of its own, and the bots' connections need them too.
"""

import asyncio
import contextlib
import socket
import threading
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

AddressList = list[Any]


class ThreadedResolver(AbstractResolver):
    """Resolves names with the system's resolver; a hanging thread does not delay the program's end.

    There are never more lookups than webhooks, because each webhook waits for its own lookup.
    """

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """List the addresses of a name; raises OSError."""
        found = await _resolve_in_thread(host, port, family)
        return [
            ResolveResult(
                hostname=host,
                host=str(place[0]),
                port=int(place[1]),
                family=each,
                proto=protocol,
                flags=socket.AI_NUMERICHOST,
            )
            for each, _, protocol, _, place in found
        ]

    async def close(self) -> None:
        """Do nothing: there is nothing to close."""


async def _resolve_in_thread(host: str, port: int, family: int) -> AddressList:
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[AddressList] = loop.create_future()

    def set_result(found: AddressList | None, error: OSError | UnicodeError | None) -> None:
        if answer.done():  # the caller has stopped waiting
            return
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(found or [])

    def look_up() -> None:
        found: AddressList | None = None
        error: OSError | UnicodeError | None = None
        try:
            found = socket.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as caught:
            error = caught
        with contextlib.suppress(RuntimeError):  # the program has ended in the meantime
            loop.call_soon_threadsafe(set_result, found, error)

    threading.Thread(target=look_up, name=f"lookup {host[:50]}", daemon=True).start()
    return await answer
