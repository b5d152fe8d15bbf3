"""A cancelled task ends, even when the driver swallows the cancellation."""

import asyncio

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from desk.cluster.wake import Signal
from tests.patience import PATIENCE


def cancel_current_task() -> None:
    task = asyncio.current_task()
    assert task is not None
    task.cancel()


async def swallow() -> None:
    """Swallow a cancellation.

    `asyncio.wait_for` of Python 3.11 does so when the awaited call ends at the same moment.
    """
    cancel_current_task()
    try:
        await asyncio.sleep(0)
    except asyncio.CancelledError:
        return


async def test_an_error_that_swallowed_a_cancellation_becomes_one(database: Database) -> None:
    async def work(_: AsyncSession) -> None:
        await swallow()
        raise OperationalError("CONNECT", None, Exception("nobody is there"))

    running = asyncio.create_task(database.run(work))
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_an_error_alone_stays_an_error(database: Database) -> None:
    async def work(_: AsyncSession) -> None:
        raise OperationalError("CONNECT", None, Exception("nobody is there"))

    with pytest.raises(OperationalError):
        await asyncio.create_task(database.run(work))


async def test_a_cancelled_loop_does_not_sleep_again() -> None:
    async def loop() -> None:
        await swallow()
        while True:
            await Signal().sleep(0.001)

    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(asyncio.create_task(loop()), PATIENCE)
