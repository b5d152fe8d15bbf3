"""A sandbox in a thread of its own, for commands that run their own event loop in this process."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sandbox.app import serve

T = TypeVar("T")


class BackgroundSandbox:
    """A running sandbox; `call` runs a client's coroutine beside it."""

    def __init__(self, url: str, loop: asyncio.AbstractEventLoop) -> None:
        self.url = url
        self._loop = loop

    def call(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=60)


@contextmanager
def run_sandbox() -> Iterator[BackgroundSandbox]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    serving = serve()
    try:
        running = asyncio.run_coroutine_threadsafe(serving.__aenter__(), loop).result(timeout=60)
        yield BackgroundSandbox(running.url, loop)
    finally:
        ended = serving.__aexit__(None, None, None)
        asyncio.run_coroutine_threadsafe(ended, loop).result(timeout=60)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
