"""A job that ends while the leases of jobs are renewed."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.tables import JobKind, JobState
from db.url import parse_database_url
from desk.jobs.runner import JobRunner, JobRunnerSettings
from tests.desk.jobs.runner_stage import Handler, Task, enqueue, wait_for_state
from tests.patience import SOON

T = TypeVar("T")


class LateDatabase(Database):
    """A database whose answers come late: that a job is settled, and which leases are held."""

    def __init__(self, url: str) -> None:
        super().__init__(parse_database_url(url))
        self.runner_task: asyncio.Task[None] | None = None
        self.settled, self.looked = asyncio.Event(), asyncio.Event()

    async def run(self, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
        done = await super().run(work)
        if asyncio.current_task() is not self.runner_task:  # it is the job's task, which settles
            self.settled.set()
            await self.looked.wait()
        elif self.settled.is_set() and isinstance(done, tuple) and done[1]:
            self.looked.set()
            for _ in range(10):  # meanwhile the job's task goes on, and ends
                await asyncio.sleep(0)
        return done


async def test_a_job_that_ends_while_leases_are_renewed_stops_nobody(migrated_url: str) -> None:
    late, handler = LateDatabase(migrated_url), Handler()
    settings = JobRunnerSettings(lease=1.0, stop_timeout=0.1)
    runner = JobRunner(late, dict.fromkeys(JobKind, handler), settings=settings)
    try:
        await enqueue(late, Task("a"))
        late.runner_task = asyncio.create_task(runner.run())
        async with asyncio.timeout(SOON):
            await late.looked.wait()
        late.on_new_jobs = runner.signal.notify
        await enqueue(late, Task("b"))
        await wait_for_state(late, JobState.DONE, JobState.DONE)
        assert handler.began == ["a", "b"]
        assert not late.runner_task.done()
    finally:
        runner.stop()
        if late.runner_task is not None:
            await asyncio.wait_for(late.runner_task, SOON)
        await late.close()
