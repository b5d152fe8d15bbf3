"""A task that was told to end does end, whatever the driver makes of it."""

import asyncio

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from desk.cluster.wake import Signal
from tests.patience import PATIENCE


def tell_to_end() -> None:
    task = asyncio.current_task()
    assert task is not None
    task.cancel()


async def swallow() -> None:
    """Do what `asyncio.wait_for` of Python 3.11 does when what it waits for ends just then."""
    tell_to_end()
    try:
        await asyncio.sleep(0)
    except asyncio.CancelledError:
        return


async def test_a_fault_that_swallowed_a_cancellation_is_one(database: Database) -> None:
    async def work(_: AsyncSession) -> None:
        await swallow()
        raise OperationalError("CONNECT", None, Exception("nobody is there"))

    running = asyncio.create_task(database.run(work))
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_a_fault_alone_stays_a_fault(database: Database) -> None:
    async def work(_: AsyncSession) -> None:
        raise OperationalError("CONNECT", None, Exception("nobody is there"))

    with pytest.raises(OperationalError):
        await asyncio.create_task(database.run(work))


async def test_a_loop_that_was_told_to_end_sleeps_no_more() -> None:
    async def loop() -> None:
        await swallow()
        while True:
            await Signal().sleep(0.001)

    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(asyncio.create_task(loop()), PATIENCE)
