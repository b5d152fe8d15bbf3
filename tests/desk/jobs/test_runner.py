"""Jobs run to their end, whatever dies in between; on both engines."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.queues import jobs
from db.queues.lanes import LeaseLostError
from db.tables import Job, JobKind, JobState
from db.tables.base import now_utc
from db.url import parse_database_url
from desk.channels import Channels
from desk.jobs.ports import RunningJob
from desk.jobs.retry_policy import JobPostponedError, JobRefusedError, RetryPolicy
from desk.jobs.runner import JobRunner, JobRunnerSettings
from desk.telemetry.metrics import Metrics
from desk.unit_of_work import UnitOfWork
from tests.desk.jobs.runner_stage import (
    Handler,
    Task,
    claim,
    enqueue,
    load,
    return_name,
    run_jobs,
    wait_for_state,
)
from tests.flows.eventually import eventually
from tests.patience import SOON


async def test_a_job_runs_once_with_no_transaction_open(database: Database) -> None:
    async def look(_job: RunningJob, name: str) -> Mapping[str, Any]:
        async with asyncio.timeout(SOON), database.transaction() as tx:
            found = await tx.scalar(select(Job.state))
        return {"state": found, "name": name}

    handler = Handler(look)
    async with run_jobs(database, handler):
        await enqueue(database, Task("a"))
        [row] = await wait_for_state(database, JobState.DONE)
    assert handler.began == ["a"]
    assert row.result == {"state": "running", "name": "a"}
    assert (row.attempts, row.error, row.lease) == (1, None, None)
    assert row.settled_at is not None


async def test_what_is_rolled_back_enqueues_nothing(database: Database) -> None:
    woken: list[int] = []
    database.on_new_jobs = lambda: woken.append(1)

    async def enqueue_and_fail(tx: AsyncSession) -> None:
        uow = UnitOfWork(tx, now_utc(), Channels())
        uow.jobs.enqueue(Task("a"))
        await uow.flush()
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        await database.run(enqueue_and_fail)
    assert (await load(database), woken) == ([], [])


async def test_one_open_job_has_a_key(database: Database) -> None:
    [first] = await enqueue(database, Task("a", "one"))
    await enqueue(database, Task("b", "one"), Task("c"), Task("d"))
    rows = await load(database)
    assert [row.payload["name"] for row in rows] == ["a", "c", "d"]
    async with database.transaction() as tx:
        found = await jobs.find_unfinished(tx, "one")
    assert found is not None
    assert found.id == first
    async with run_jobs(database, Handler()):
        await wait_for_state(database, *[JobState.DONE] * 3)
    await enqueue(database, Task("e", "one"))
    assert [row.state for row in await load(database)] == [*[JobState.DONE] * 3, JobState.PENDING]


async def test_an_error_is_tried_again_and_then_given_up(database: Database) -> None:
    async def fail(_job: RunningJob, _name: str) -> None:
        raise OSError("no route")

    handler = Handler(fail)
    async with run_jobs(database, handler):
        await enqueue(database, Task("a", "one"))
        [row] = await wait_for_state(database, JobState.FAILED)
        assert handler.began == ["a"] * 3
        assert (row.attempts, row.error) == (3, "OSError: no route")
        assert row.lease is None
        # Asking again starts the same job again, from its first attempt.
        handler.work = return_name
        await enqueue(database, Task("b", "one"))
        [again] = await wait_for_state(database, JobState.DONE)
    assert (again.id, again.attempts, again.error) == (row.id, 1, None)
    assert handler.began[-1] == "b"


async def test_an_error_waits_longer_each_time(database: Database) -> None:
    async def fail(_job: RunningJob, _name: str) -> None:
        raise OSError("no route")

    policy = RetryPolicy(max_attempts=9, first_delay=1000.0, longest_delay=9000.0)
    async with run_jobs(database, Handler(fail, policy)):
        await enqueue(database, Task("a"))

        async def failed_once() -> Job | None:
            [row] = await load(database)
            return row if row.error else None

        row = await eventually(failed_once, "it failed once", SOON)
    assert row.state is JobState.PENDING
    assert 400 < (row.run_at - now_utc()).total_seconds() <= 1000


async def test_a_refused_job_is_not_tried_again(database: Database) -> None:
    async def refuse(_job: RunningJob, _name: str) -> None:
        raise JobRefusedError("merged")

    async with run_jobs(database, Handler(refuse)):
        await enqueue(database, Task("a"))
        [row] = await wait_for_state(database, JobState.FAILED)
    assert (row.attempts, row.error) == (1, "merged")


async def test_a_postponed_job_is_tried_as_often_as_it_takes(database: Database) -> None:
    handler = Handler()

    async def wait(_job: RunningJob, _name: str) -> None:
        if len(handler.began) < 9:
            raise JobPostponedError(0.01)

    handler.work = wait
    async with run_jobs(database, handler):
        await enqueue(database, Task("a"))
        [row] = await wait_for_state(database, JobState.DONE)
    assert (len(handler.began), row.attempts) == (9, 1)


async def test_a_job_of_a_process_that_died_is_taken_over(database: Database) -> None:
    await enqueue(database, Task("a"))
    [dead] = await claim(database, lease=0.01)
    async with run_jobs(database, Handler()):
        [row] = await wait_for_state(database, JobState.DONE)
    assert row.attempts == 2
    # The dead one turns out to have hung only: it changes nothing any more.
    with pytest.raises(LeaseLostError):
        await database.run(lambda tx: jobs.ensure_held(tx, dead.id, dead.lease))
    with pytest.raises(LeaseLostError):
        await database.run(lambda tx: jobs.give_up(tx, dead, now_utc(), "late"))
    [same] = await load(database)
    assert (same.state, same.result) == (JobState.DONE, {"name": "a"})


async def test_a_job_that_kills_its_process_each_time_is_given_up(database: Database) -> None:
    await enqueue(database, Task("a"))
    for _ in range(3):
        assert len(await claim(database, lease=0.0)) == 1
    handler = Handler()
    async with run_jobs(database, handler):
        [row] = await wait_for_state(database, JobState.FAILED)
    assert handler.began == []
    assert "in each of 3 attempts" in (row.error or "")


async def test_on_sqlite_a_new_process_need_not_wait_for_leases(
    migrated_sqlite_url: str,
) -> None:
    database = Database(parse_database_url(migrated_sqlite_url))
    await enqueue(database, Task("a"))
    await claim(database, lease=3600.0)
    async with run_jobs(database, Handler()):
        await wait_for_state(database, JobState.DONE)
    await database.close()


@pytest.fixture
async def two_databases(migrated_mariadb_url: str) -> AsyncIterator[tuple[Database, Database]]:
    """Open one MariaDB database twice, as two processes do."""
    first, second = (Database(parse_database_url(migrated_mariadb_url)) for _ in range(2))
    yield first, second
    await first.close()
    await second.close()


async def test_two_workers_share_the_jobs(two_databases: tuple[Database, Database]) -> None:
    first, second = two_databases
    together = asyncio.Barrier(2)

    async def meet(_job: RunningJob, _name: str) -> None:
        await asyncio.wait_for(together.wait(), SOON)

    one = JobRunnerSettings(jobs_at_once=1, lease=SOON)
    handlers = Handler(meet), Handler(meet)
    names = [f"job {number}" for number in range(10)]
    await enqueue(first, *(Task(name) for name in names))
    async with run_jobs(first, handlers[0], one), run_jobs(second, handlers[1], one):
        await wait_for_state(first, *[JobState.DONE] * 10)
    assert [len(each.began) for each in handlers] == [5, 5]
    assert sorted(handlers[0].began + handlers[1].began) == names


async def test_a_lease_is_renewed_while_its_job_runs(
    two_databases: tuple[Database, Database],
) -> None:
    first, second = two_databases
    release = asyncio.Event()

    async def wait(_job: RunningJob, _name: str) -> None:
        await release.wait()

    handler, other = Handler(wait), Handler()
    async with run_jobs(first, handler):
        await enqueue(first, Task("a"))
        [row] = await wait_for_state(first, JobState.RUNNING)
        before = row.lease_until

        async def renewed() -> bool:
            [row] = await load(first)
            assert before is not None
            assert row.lease_until is not None
            return row.lease_until > before

        async with run_jobs(second, other):
            await eventually(renewed, "the lease is renewed")
            release.set()
            [row] = await wait_for_state(first, JobState.DONE)
    assert (handler.began, other.began, row.attempts) == (["a"], [], 1)


async def test_a_runner_that_lost_its_job_stops_it_and_settles_nothing(database: Database) -> None:
    cancelled = asyncio.Event()

    async def hang(_job: RunningJob, _name: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    short = JobRunnerSettings(lease=4.0, stop_timeout=0.1)
    async with run_jobs(database, Handler(hang), short):
        await enqueue(database, Task("a"))
        await wait_for_state(database, JobState.RUNNING)
        stolen = "UPDATE jobs SET lease = 'another', lease_until = '2999-01-01 00:00:00.000000'"
        async with database.transaction() as tx:
            await tx.execute(text(stolen))
        await asyncio.wait_for(cancelled.wait(), SOON)
    [row] = await load(database)
    assert (row.state, row.lease) == (JobState.RUNNING, "another")


async def test_a_stop_lets_jobs_finish_that_soon_do(database: Database) -> None:
    stopping = asyncio.Event()

    async def finish(job: RunningJob, name: str) -> Mapping[str, Any]:
        stopping.set()
        await job.stopping.wait()
        return {"name": name}

    async with run_jobs(database, Handler(finish), JobRunnerSettings(stop_timeout=SOON)):
        await enqueue(database, Task("a"))
        await asyncio.wait_for(stopping.wait(), SOON)
    [row] = await load(database)
    assert (row.state, row.result) == (JobState.DONE, {"name": "a"})


@pytest.mark.parametrize("is_polite", [True, False])
async def test_a_stop_gives_back_what_does_not_finish(database: Database, is_polite: bool) -> None:
    began = asyncio.Event()

    async def take_long(job: RunningJob, _name: str) -> None:
        began.set()
        await (job.pause(3600) if is_polite else asyncio.sleep(3600))

    async with run_jobs(database, Handler(take_long)):
        await enqueue(database, Task("a"))
        await asyncio.wait_for(began.wait(), SOON)
    [row] = await load(database)
    assert (row.state, row.lease, row.attempts, row.error) == (JobState.PENDING, None, 0, None)
    async with run_jobs(database, Handler()):
        [row] = await wait_for_state(database, JobState.DONE)
    assert row.attempts == 1


async def test_a_runner_that_is_cancelled_gives_back_too(database: Database) -> None:
    began = asyncio.Event()

    async def take_long(_job: RunningJob, _name: str) -> None:
        began.set()
        await asyncio.sleep(3600)

    runner = JobRunner(database, dict.fromkeys(JobKind, Handler(take_long)))
    database.on_new_jobs = runner.signal.notify
    running = asyncio.create_task(runner.run())
    await enqueue(database, Task("a"))
    await asyncio.wait_for(began.wait(), SOON)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    [row] = await load(database)
    assert (row.state, row.attempts) == (JobState.PENDING, 0)


async def test_every_kind_needs_a_handler(database: Database) -> None:
    with pytest.raises(ValueError, match="no handler for the jobs"):
        JobRunner(database, {})


async def test_ends_are_counted(database: Database) -> None:
    metrics = Metrics()
    runner = JobRunner(database, dict.fromkeys(JobKind, Handler()), metrics=metrics)
    await enqueue(database, Task("a"), Task("b"))
    running = asyncio.create_task(runner.run())
    await wait_for_state(database, JobState.DONE, JobState.DONE)
    runner.stop()
    await running
    labels = {"kind": "erase_client", "result": "done"}
    assert metrics.registry.get_sample_value("osmodesk_jobs_ended_total", labels) == 2
