"""Jobs that start in the process whose transaction wrote them, without another claim."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from db.database import Database
from db.queues import jobs
from db.queues.lanes import LeaseLostError
from db.tables import JobKind, JobState
from db.tables.base import now_utc
from desk.channels import Channels
from desk.jobs.collector import JobCollector, JobStarter
from desk.jobs.ports import RunningJob
from desk.jobs.runner import JobRunner, JobRunnerSettings
from desk.unit_of_work import UnitOfWork
from tests.desk.jobs.runner_stage import KIND, Handler, Task, load, run_jobs, wait_for_state
from tests.flows.eventually import eventually
from tests.patience import SOON


async def start(
    database: Database, runner: JobRunner | None, *, fails: bool = False, lease: float = 60.0
) -> None:
    """Start a job in a transaction, for a runner, or for one whose process dies at its commit."""

    async def work(tx: Any) -> None:
        collector = JobCollector(JobStarter(runner))
        uow = UnitOfWork(tx, now_utc(), Channels(), jobs=collector)
        until = collector.find_room(KIND) or now_utc() + timedelta(seconds=lease)
        collector.start(Task("a", "one"), until, "prepared")
        await uow.flush()
        if fails:
            raise RuntimeError("broken")

    await database.run(work)


async def test_a_started_job_has_what_its_transaction_read(database: Database) -> None:
    seen: list[object] = []

    async def look(job: RunningJob, name: str) -> Mapping[str, Any]:
        async with database.transaction() as tx:
            await job.ensure_held(tx)
        seen.append(job.prepared)
        return {"name": name}

    handler = Handler(look)
    async with run_jobs(database, handler) as runner:
        # No runner is woken to claim the job: its own process already holds it.
        database.on_new_jobs = runner.stop
        await eventually(lambda: _has_room(runner), "the runner runs", SOON)
        await start(database, runner)
        [row] = await wait_for_state(database, JobState.DONE)
        assert _can_start(runner)
    assert (handler.began, seen) == (["a"], ["prepared"])
    assert (row.attempts, row.lease, row.dedup_key) == (1, None, None)


async def test_what_is_rolled_back_does_not_start(database: Database) -> None:
    handler = Handler()
    async with run_jobs(database, handler) as runner:
        await eventually(lambda: _has_room(runner), "the runner runs", SOON)
        with pytest.raises(RuntimeError, match="broken"):
            await start(database, runner, fails=True)
        assert await load(database) == []
    assert handler.began == []


async def test_another_process_repeats_a_job_whose_process_died(database: Database) -> None:
    prepared: list[object] = []

    async def look(job: RunningJob, _name: str) -> None:
        prepared.append(job.prepared)

    await start(database, None, lease=0.0)
    async with run_jobs(database, Handler(look)):
        [row] = await wait_for_state(database, JobState.DONE)
    assert (row.attempts, prepared) == (2, [None])


async def test_a_job_that_somebody_took_over_is_not_finished_twice(database: Database) -> None:
    taken, lost = asyncio.Event(), asyncio.Event()

    async def hang(job: RunningJob, _name: str) -> None:
        if job.prepared is None:
            return
        await taken.wait()
        try:
            async with database.transaction() as tx:
                await job.ensure_held(tx)
        except LeaseLostError:
            lost.set()
            raise

    async with run_jobs(database, Handler(hang)) as runner:
        await eventually(lambda: _has_room(runner), "the runner runs", SOON)
        await start(database, runner)
        async with database.transaction() as tx:
            await jobs.expire_leases(tx, now_utc())
        await wait_for_state(database, JobState.DONE)
        taken.set()
        await asyncio.wait_for(lost.wait(), SOON)


async def test_a_job_that_comes_when_the_runner_stops_is_given_back(database: Database) -> None:
    handler = Handler()
    async with run_jobs(database, handler) as runner:
        await eventually(lambda: _has_room(runner), "the runner runs", SOON)
        runner.stop()
        assert not _can_start(runner)
    await start(database, runner)
    assert [row.state for row in await load(database)] == [JobState.RUNNING]
    await runner.give_back()
    [row] = await load(database)
    assert row.state is JobState.PENDING
    assert (row.attempts, row.lease, handler.began) == (0, None, [])


async def test_a_runner_without_room_starts_nothing(database: Database) -> None:
    over = asyncio.Event()

    async def wait(_job: RunningJob, _name: str) -> None:
        await over.wait()

    assert not _can_start(JobRunner(database, dict.fromkeys(JobKind, Handler())))
    assert JobCollector().find_room(KIND) is None
    one = JobRunnerSettings(jobs_at_once=1, own_slots={})
    async with run_jobs(database, Handler(wait), one) as runner:
        await eventually(lambda: _has_room(runner), "the runner runs", SOON)
        await start(database, runner)
        assert not _can_start(runner)
        over.set()
        await wait_for_state(database, JobState.DONE)
        await eventually(lambda: _has_room(runner), "there is room again", SOON)


def _can_start(runner: JobRunner) -> bool:
    return runner.offer_lease(KIND) is not None


async def _has_room(runner: JobRunner) -> bool:
    return _can_start(runner)
