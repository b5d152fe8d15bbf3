"""Re-raise cancellations that a library swallowed."""

import asyncio


def raise_if_cancelled() -> None:
    """Raise CancelledError if this task was cancelled but the error was swallowed.

    Python 3.11's `wait_for`, which the MySQL driver uses to connect, swallows the error when the
    awaited call ends at the same moment. Without this check the task would run forever and its
    process would never stop.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
