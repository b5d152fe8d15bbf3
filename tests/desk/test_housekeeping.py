"""Housekeeping runs in one process at a time, does all its chores, and disturbs nothing else."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.ids import new_id
from db.queries.cleanup.cleanup import CleanupBatch
from db.queues import lanes, leases
from db.queues.lanes import LeaseLostError
from db.tables import Lane, Queue
from db.tables.base import now_utc
from desk.housekeeping import Housekeeping, list_chores, run_chore
from desk.retention import Retention
from tests.flows.eventually import eventually

NOW = now_utc()
# Hours, because the whole suite may run for many minutes after this line.
SOON, LATER = NOW + timedelta(hours=3), NOW + timedelta(hours=4)


async def take(database: Database) -> str | None:
    """Take the housekeeping lease for another process, unless it is held."""
    token, now = new_id(), now_utc()
    taken = await database.run(lambda tx: leases.take(tx, "housekeeping", token, now, SOON))
    return token if taken else None


async def add_lanes(database: Database, *names: str, queue: Queue = Queue.CUSTOMER) -> None:
    async with database.transaction() as tx:
        tx.add_all([Lane(queue=queue, lane=name) for name in names])


async def lane_names(database: Database) -> list[str]:
    async with database.transaction() as tx:
        return sorted(await tx.scalars(select(Lane.lane)))


async def test_one_process_at_a_time(database: Database) -> None:
    house = Housekeeping(database, pause=0.001)
    await add_lanes(database, "button:1")
    token = await take(database)
    assert token is not None
    assert await house.run_once() == {}
    await database.run(lambda tx: leases.release(tx, "housekeeping", token))
    assert await house.run_once() == {"idle customer lanes": 1}


async def test_who_died_is_followed(database: Database) -> None:
    await add_lanes(database, "button:1")
    assert await take(database)
    async with database.transaction() as tx:
        assert await lanes.reclaim(tx, LATER) == 1  # as any courier does
    assert await Housekeeping(database, pause=0.001).run_once() == {"idle customer lanes": 1}


async def test_who_was_taken_for_dead_removes_nothing_more(database: Database) -> None:
    await add_lanes(database, *(f"button:{n}" for n in range(250)))
    house = asyncio.create_task(Housekeeping(database, pause=0.2).run_once())

    async def begun() -> bool:
        return len(await lane_names(database)) < 200

    await eventually(begun, "the first batch is gone")
    async with database.transaction() as tx:
        await lanes.reclaim(tx, NOW + timedelta(hours=9))
    assert await take(database)
    left = await lane_names(database)
    with pytest.raises(LeaseLostError):
        await house
    assert await lane_names(database) == left
    assert len(left) > 50


async def test_house_is_kept_once_and_the_next_may(database: Database) -> None:
    await add_lanes(database, *(f"button:{n}" for n in range(250)))
    await add_lanes(database, "card:1", queue=Queue.BACKGROUND)
    house = Housekeeping(database, pause=0.001)
    done = {"idle customer lanes": 250, "idle background lanes": 1}
    assert await house.run_once() == done
    assert await lane_names(database) == ["housekeeping"]
    assert await house.run_once() == {}


async def test_a_sweep_that_lost_its_turn_removes_nothing_more(database: Database) -> None:
    seen = []

    async def batch(tx: AsyncSession, now: Any, after: Any) -> CleanupBatch:
        seen.append(after)
        return CleanupBatch(1, len(seen))

    async def first(tx: AsyncSession) -> None:
        if len(seen) == 2:
            raise LeaseLostError("taken over")

    with pytest.raises(LeaseLostError):
        await run_chore(database, batch, NOW, first=first)
    assert seen == [None, 1]


async def test_others_get_their_turn_between_batches(database: Database) -> None:
    """SQLite has one writer: others must not wait for a whole chore."""
    removed, seen = [0], []

    async def batch(tx: AsyncSession, now: Any, after: Any) -> CleanupBatch:
        removed[0] += 1
        return CleanupBatch(1, removed[0] if removed[0] < 20 else None)

    async def other() -> None:
        async with database.transaction():
            seen.append(removed[0])

    await asyncio.gather(run_chore(database, batch, NOW, pause=0.001), *(other() for _ in range(3)))
    assert max(seen) < 20


async def test_it_comes_round_by_itself_and_is_ended_by_cancelling(
    mariadb_database: Database,
) -> None:
    await add_lanes(mariadb_database, "button:1")
    house = Housekeeping(mariadb_database, every=0.01, pause=0.001)
    running = asyncio.create_task(house.run())

    async def gone() -> bool:
        return "button:1" not in await lane_names(mariadb_database)

    await eventually(gone, "the lane is deleted")
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


def test_every_queue_is_swept() -> None:
    assert [name for name in list_chores(Retention()) if name.startswith("idle")] == [
        f"idle {queue} lanes" for queue in Queue
    ]
