"""Membership of workers: which may start together, which leads, and which follows a dead leader."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import pytest

from db.database import Database
from db.queues import leases
from db.queues.lanes import LeaseLostError
from db.tables.base import now_utc
from desk.cluster import membership as module
from desk.cluster.membership import WorkerRefusedError, WorkerRegistry
from tests.cluster.conftest import Opener
from tests.flows.eventually import eventually
from tests.patience import PATIENCE, SOON


def sharing(database: Database) -> WorkerRegistry:
    return WorkerRegistry(database, has_redis=True, redis_answers=True)


def alone(database: Database) -> WorkerRegistry:
    return WorkerRegistry(database, has_redis=False, redis_answers=False)


@asynccontextmanager
async def signed_on(roster: WorkerRegistry) -> AsyncIterator[WorkerRegistry]:
    """Run a live worker; at the end of the block it dies without leaving."""
    await roster.join()
    running = asyncio.create_task(roster.run())
    try:
        yield roster
    finally:
        running.cancel()
        await asyncio.wait([running])


async def test_workers_with_redis_stand_beside_each_other(another: Opener) -> None:
    async with signed_on(sharing(another())), signed_on(sharing(another())):
        await asyncio.wait_for(sharing(another()).join(), PATIENCE)


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        (alone, alone, "set REDIS_URL"),
        (sharing, alone, "set REDIS_URL"),
        (alone, sharing, "runs without Redis"),
        (
            sharing,
            lambda database: WorkerRegistry(database, has_redis=True, redis_answers=False),
            "no Redis answers at REDIS_URL",
        ),
    ],
)
async def test_a_second_worker_is_refused_and_told_why(
    another: Opener, first: type[WorkerRegistry], second: type[WorkerRegistry], reason: str
) -> None:
    async with signed_on(first(another())):
        with pytest.raises(WorkerRefusedError, match=reason) as refused:
            await asyncio.wait_for(second(another()).join(), PATIENCE)
        assert "\n" not in str(refused.value)


async def test_who_signs_off_is_in_nobodys_way(another: Opener) -> None:
    first = alone(another())
    async with signed_on(first):
        pass
    await first.leave()
    async with another().transaction() as tx:
        assert await leases.list_active(tx, "worker:", now_utc()) == []
    await asyncio.wait_for(alone(another()).join(), PATIENCE)


async def test_a_killed_worker_is_waited_for_and_what_it_held_is_free(another: Opener) -> None:
    async with signed_on(alone(another())) as first:
        lead = first.leader_lock("poll")
        await asyncio.wait_for(lead.acquire(), PATIENCE)
    began = time.monotonic()
    second = alone(another())
    async with signed_on(second):
        assert time.monotonic() - began < SOON
        await asyncio.wait_for(second.leader_lock("poll").acquire(), PATIENCE)


async def test_when_two_start_at_once_one_is_let_in(another: Opener) -> None:
    async def start(roster: WorkerRegistry) -> bool:
        try:
            await roster.join()
        except WorkerRefusedError:
            return False
        keeping.append(asyncio.create_task(roster.run()))
        return True

    keeping: list[asyncio.Task[None]] = []
    let_in = await asyncio.gather(*(start(alone(another())) for _ in range(5)))
    for each in keeping:
        each.cancel()
    await asyncio.wait(keeping)
    assert let_in.count(True) == 1


async def test_one_leads_and_a_dead_leader_is_followed_soon(
    another: Opener,
) -> None:
    first, second = sharing(another()), sharing(another())
    lead, other = first.leader_lock("poll"), second.leader_lock("poll")
    async with AsyncExitStack() as life:
        await life.enter_async_context(signed_on(first))
        assert await asyncio.wait_for(lead.wait_until_known(), PATIENCE)
        async with signed_on(second):
            assert not await asyncio.wait_for(other.wait_until_known(), PATIENCE)
            assert other.is_standby
            async with another().transaction() as tx:
                [held] = await leases.list_active(tx, "poll", now_utc() - timedelta(hours=1))
            await life.aclose()
            began = time.monotonic()
            assert await asyncio.wait_for(other.acquire(), PATIENCE)
            assert now_utc() >= held.until, "it took the lead from one that could be alive"
            assert time.monotonic() - began < SOON


async def test_a_leader_that_hung_is_fenced(another: Opener) -> None:
    first, second = another(), another()
    async with signed_on(sharing(first)) as hung:
        lead = hung.leader_lock("poll")
        await asyncio.wait_for(lead.acquire(), PATIENCE)
        async with first.transaction() as tx:
            await lead.check(tx)
        # What others do after the lease expired, long before this worker is scheduled again.
        late = now_utc() + timedelta(seconds=10)
        async with second.transaction() as tx:
            assert await leases.take(tx, "poll", "other", late, late)
        with pytest.raises(LeaseLostError):
            async with first.transaction() as tx:
                await lead.check(tx)

        async def stands_by() -> bool:
            return lead.is_standby

        await eventually(stands_by, "the old leader knows that it does not lead")


async def test_a_worker_that_hung_ends_when_its_place_was_taken(
    another: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    hung, database = alone(another()), another()
    await hung.join()
    late = now_utc() + timedelta(seconds=10)
    async with database.transaction() as tx:
        await leases.take(tx, "worker:other", "other", late, late, note="sharing")
    monkeypatch.setattr(module, "LEASE_DURATION", timedelta())  # as if that much time had passed
    with pytest.raises(WorkerRefusedError):
        await asyncio.wait_for(hung.run(), PATIENCE)
