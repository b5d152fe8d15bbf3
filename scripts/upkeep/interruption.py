"""Ctrl-C during work that blocks."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def interrupt_at_once() -> Iterator[None]:
    """Let Ctrl-C raise KeyboardInterrupt in the block, though asyncio runs it.

    asyncio cancels its task instead, which blocking work would notice only when it is done.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
