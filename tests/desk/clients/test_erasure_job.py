"""The erasure of a client as a job: it is asked for once, and goes on whatever dies in between."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from db.ids import AgentId, ClientId, JobId, UserId, new_id
from db.queues import jobs
from db.queues.jobs import ClaimedJob
from db.tables import Client, ClientMerge, JobKind, JobState, Message, Role
from db.tables.base import now_utc
from desk.actors import human_agent
from desk.clients.erasure import MergedClientError
from desk.clients.erasure_job import EraseClient, ErasureHandler, request_erasure
from desk.jobs.ports import RunningJob
from desk.jobs.retry_policy import JobPostponedError, JobRefusedError
from desk.unit_of_work import UnitOfWork
from tests.desk.clients.test_erasure import client_of, count
from tests.desk.stage import Stage, text

ADA = human_agent("Ada", AgentId(new_id()), UserId(new_id()), Role.ADMIN)
KINDS = [JobKind.ERASE_CLIENT]
T = TypeVar("T")


class StageTransactions:
    """Runs the handler's transactions on the stage; `after` is called when one has committed."""

    def __init__(self, stage: Stage, after: Callable[[], None] = lambda: None) -> None:
        self._stage, self._after = stage, after

    async def run(self, work: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        done = await self._stage.run_in_uow(work)
        self._after()
        return done


async def request(stage: Stage, client_id: ClientId) -> JobId | None:
    return await stage.run_in_uow(lambda uow: request_erasure(uow, client_id, by=ADA))


async def claim(stage: Stage, lease: float = 60.0) -> ClaimedJob:
    now = now_utc()
    until = now + timedelta(seconds=lease)
    [claimed] = await stage.database.run(lambda tx: jobs.claim(tx, KINDS, now, until, most=2))
    return claimed


async def erase(stage: Stage, claimed: ClaimedJob, after: Callable[[], None] | None = None) -> None:
    transactions = StageTransactions(stage, *([after] if after else []))
    handler = ErasureHandler(transactions, lambda *_: None, stage.database.truncate_log)
    job = RunningJob(claimed, asyncio.Event())
    await handler.run(job, handler.parse(claimed.payload))


async def write_history(stage: Stage) -> ClientId:
    """Create a customer whose messages take several steps to delete."""
    ana = await stage.customer()
    for _ in range(3):
        await stage.copy(ana, text("hi"))
    return await client_of(stage, ana)


def test_a_payload_reads_what_it_wrote() -> None:
    wanted = EraseClient(ClientId(new_id()), ADA)
    assert EraseClient.from_json(wanted.to_json()) == wanted
    assert EraseClient(wanted.client_id, ADA).dedup_key == f"erase_client:{wanted.client_id}"


async def test_asking_again_returns_the_same_job(stage: Stage) -> None:
    client = await write_history(stage)
    asked = await asyncio.gather(*(request(stage, client) for _ in range(4)))
    assert len(set(asked)) == 1
    claimed = await claim(stage)
    assert await request(stage, client) == claimed.id == asked[0]
    await erase(stage, claimed)
    # Everything is deleted, and the job is not settled yet.
    assert await request(stage, client) == claimed.id
    await stage.database.run(lambda tx: jobs.finish(tx, claimed, now_utc(), None))
    assert await request(stage, client) is None
    assert await request(stage, ClientId(new_id())) is None


async def test_a_process_that_dies_between_two_steps_leaves_the_rest_to_the_next(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One message in a step, so that a few of them take several.
    monkeypatch.setattr("desk.clients.erasure._BATCH_SIZE", 1)
    client = await write_history(stage)
    await request(stage, client)
    first = await claim(stage, lease=0.0)

    def die() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await erase(stage, first, after=die)
    assert await count(stage, Message) == 2
    assert await count(stage, Client) == 1
    second = await claim(stage)
    assert (second.id, second.is_taken_over) == (first.id, True)
    await erase(stage, second)
    assert [await count(stage, each) for each in (Message, Client)] == [0, 0]


async def test_a_process_that_lost_the_job_deletes_nothing(stage: Stage) -> None:
    client = await write_history(stage)
    await request(stage, client)
    first = await claim(stage, lease=0.0)
    await claim(stage)
    with pytest.raises(jobs.LeaseLostError):
        await erase(stage, first)
    assert await count(stage, Message) == 3


async def test_it_waits_for_what_is_being_sent_without_an_attempt(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desk.clients.erasure_job._BUSY_PAUSE", 0.001)
    ana = await stage.customer()
    client = await client_of(stage, ana)
    await stage.answer(ana, text("hello"))
    works = await stage.claim()
    await request(stage, client)
    claimed = await claim(stage)
    with pytest.raises(JobPostponedError):
        await erase(stage, claimed)
    await stage.settle(*[await stage.executor.execute(work) for work in works])
    await erase(stage, claimed)
    assert await count(stage, Client) == 0


async def test_a_client_who_is_merged_is_refused_then_and_later(stage: Stage) -> None:
    ana, bea = await stage.customer(), await stage.customer("Bea", "43")
    kept, merged = await client_of(stage, ana), await client_of(stage, bea)
    await request(stage, merged)
    claimed = await claim(stage)
    async with stage.database.transaction() as tx:
        client = await tx.get(Client, merged)
        assert client is not None
        client.merged_into_id = kept
        tx.add(ClientMerge(kept_id=kept, merged_id=merged, changes={}))
    with pytest.raises(JobRefusedError, match="merged into another"):
        await erase(stage, claimed)
    with pytest.raises(MergedClientError):
        await request(stage, merged)
    assert await count(stage, Client) == 2


async def test_asking_for_one_that_was_given_up_starts_it_again(stage: Stage) -> None:
    client = await write_history(stage)
    job_id = await request(stage, client)
    claimed = await claim(stage)
    await stage.database.run(lambda tx: jobs.give_up(tx, claimed, now_utc(), "broken"))
    assert await request(stage, client) == job_id
    again = await claim(stage)
    assert (again.id, again.attempts) == (job_id, 1)
    async with stage.database.transaction() as tx:
        row = await jobs.find_job(tx, again.id)
    assert row is not None
    assert row.state is JobState.RUNNING


async def test_nothing_is_left_in_the_files_of_sqlite(stage: Stage) -> None:
    if not stage.database.is_sqlite:
        return
    secret = "the words of a customer who is erased"
    ana = await stage.customer()
    for _ in range(50):
        await stage.copy(ana, text(secret * 20))
    await stage.deliver()
    client_id = await client_of(stage, ana)
    await request(stage, client_id)
    await erase(stage, await claim(stage))
    file = Path(str(stage.database.address.url.database))
    for each in file.parent.glob(f"{file.name}*"):
        assert secret.encode() not in each.read_bytes(), each.name
