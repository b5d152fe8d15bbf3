"""One process keeps house at a time, all of its chores, and nothing else is disturbed."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.ids import new_id
from db.queries import housekeeping
from db.queries.cleanup import Swept
from db.queues import lanes
from db.queues.lanes import LeaseLostError
from db.tables import Lane, Queue
from db.tables.base import now_utc
from desk.housekeeping import Housekeeping, chores, sweep
from tests.flows.eventually import eventually

NOW = now_utc()
SOON, LATER = NOW + timedelta(seconds=60), NOW + timedelta(seconds=120)


async def take(database: Database, token: str, now: Any = NOW, until: Any = SOON) -> bool:
    return await database.run(lambda tx: housekeeping.take_over(tx, token, now, until))


async def lane_names(database: Database) -> list[str]:
    async with database.transaction() as tx:
        return sorted(await tx.scalars(select(Lane.lane)))


async def test_one_process_at_a_time(database: Database) -> None:
    one, two = new_id(), new_id()
    assert await take(database, one)
    assert not await take(database, two)
    await database.run(lambda tx: housekeeping.give_back(tx, two))  # not theirs to give
    assert not await take(database, two)
    await database.run(lambda tx: housekeeping.give_back(tx, one))
    assert await take(database, two)


async def test_who_is_dead_is_followed_and_cannot_go_on(database: Database) -> None:
    one, two = new_id(), new_id()
    assert await take(database, one)
    assert await take(database, two, LATER, LATER)
    with pytest.raises(LeaseLostError):
        await database.run(lambda tx: housekeeping.keep_on(tx, one, LATER))
    await database.run(lambda tx: housekeeping.keep_on(tx, two, LATER))


async def test_a_couriers_take_back_frees_it_too(database: Database) -> None:
    assert await take(database, new_id())
    async with database.transaction() as tx:
        assert await lanes.take_back(tx, LATER) == 1
    assert await take(database, new_id())


async def test_house_is_kept_once_and_the_next_may(database: Database) -> None:
    async with database.transaction() as tx:
        for n in range(250):
            tx.add(Lane(queue=Queue.CUSTOMER, lane=f"button:{n}"))
        tx.add(Lane(queue=Queue.BACKGROUND, lane="card:1"))
    house = Housekeeping(database, pause=0.001)
    done = {"idle customer lanes": 250, "idle background lanes": 1}
    assert await house.keep_house() == done
    assert await lane_names(database) == ["housekeeping"]
    assert await house.keep_house() == {}
    assert await take(database, new_id())
    assert await house.keep_house() == {}


async def test_a_sweep_that_lost_its_turn_removes_nothing_more(database: Database) -> None:
    seen = []

    async def batch(tx: AsyncSession, now: Any, after: Any) -> Swept:
        seen.append(after)
        return Swept(1, len(seen))

    async def first(tx: AsyncSession) -> None:
        if len(seen) == 2:
            raise LeaseLostError("taken over")

    with pytest.raises(LeaseLostError):
        await sweep(database, batch, NOW, first=first)
    assert seen == [None, 1]


async def test_others_get_their_turn_between_batches(database: Database) -> None:
    """SQLite has one writer: who waits for it must not wait for a whole chore."""
    removed, seen = [0], []

    async def batch(tx: AsyncSession, now: Any, after: Any) -> Swept:
        removed[0] += 1
        return Swept(1, removed[0] if removed[0] < 20 else None)

    async def other() -> None:
        async with database.transaction():
            seen.append(removed[0])

    await asyncio.gather(sweep(database, batch, NOW, pause=0.001), *(other() for _ in range(3)))
    assert max(seen) < 20


async def test_it_comes_round_by_itself_and_is_ended_by_cancelling(
    mariadb_database: Database,
) -> None:
    async with mariadb_database.transaction() as tx:
        tx.add(Lane(queue=Queue.CUSTOMER, lane="button:1"))
    house = Housekeeping(mariadb_database, every=0.01, pause=0.001)
    running = asyncio.create_task(house.run())

    async def gone() -> bool:
        return "button:1" not in await lane_names(mariadb_database)

    await eventually(gone, "the lane is deleted")
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


def test_every_queue_is_swept() -> None:
    assert [name for name in chores() if name.startswith("idle")] == [
        f"idle {queue} lanes" for queue in Queue
    ]
