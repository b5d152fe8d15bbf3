"""Waits for something to happen by checking again and again, never for a fixed time."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from tests.patience import PATIENCE

T = TypeVar("T")

_PAUSE = 0.02


async def eventually(
    check: Callable[[], Awaitable[T | None]], what: str, within: float = PATIENCE
) -> T:
    """Return the first truthy result of `check`; fail with what was awaited if there is none."""
    deadline = time.monotonic() + within
    while True:
        found = await check()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"within {within:g} s this did not come: {what}")
        await asyncio.sleep(_PAUSE)
