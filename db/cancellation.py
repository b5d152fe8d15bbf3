"""Cancellations that a library swallowed."""

import asyncio


def raise_if_cancelled() -> None:
    """Raise CancelledError where this task was told to end and something swallowed that.

    Python 3.11's `wait_for`, which the MySQL driver connects with, does so when what it waits for
    ends at the same moment: the task would go on for ever, and its process never stop.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
