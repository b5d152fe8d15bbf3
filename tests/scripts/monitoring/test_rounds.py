"""Rounds of one process at a time, and what happens to their lease at a stop."""

import asyncio

import pytest
from sqlalchemy import text

from api.routing.transactions import Transactions
from db.database import Database
from desk.cluster.wake import Signal
from desk.unit_of_work import UnitOfWork
from scripts.monitoring.rounds import Rounds
from tests.desk.stage import Stage, open_stage


@pytest.fixture
async def stage(database: Database) -> Stage:
    return await open_stage(database)


async def change(stage: Stage, statement: str) -> None:
    async with stage.database.transaction() as tx:
        await tx.execute(text(statement))


@pytest.mark.parametrize("is_away", [False, True])
async def test_a_process_that_stops_leaves_its_rounds_to_the_next(
    stage: Stage, *, is_away: bool
) -> None:
    """Without a database the stop goes on, and the lease is left to expire."""
    transactions = Transactions(stage.database, stage.uow_factory, Signal())
    first, second = Rounds("test", 0.001), Rounds("test", 0.001)
    began = asyncio.Event()

    async def take(rounds: Rounds) -> bool:
        async def work(uow: UnitOfWork) -> bool:
            return await rounds.take_lease(uow.tx, stage.now)

        return await transactions.run(work)

    async def check() -> None:
        assert await take(first)
        began.set()
        await asyncio.Event().wait()

    running = asyncio.create_task(first.run(check, transactions))
    await began.wait()
    assert not await take(second)
    if is_away:
        await change(stage, "ALTER TABLE lanes RENAME TO away")
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    if is_away:
        await change(stage, "ALTER TABLE away RENAME TO lanes")
    assert await take(second) is not is_away
