"""Jobs that record what they do, and a runner beside the test."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar

from sqlalchemy import select

from db.database import Database
from db.ids import JobId
from db.queues import jobs
from db.queues.jobs import ClaimedJob
from db.tables import Job, JobKind, JobState
from db.tables.base import now_utc
from desk.channels import Channels
from desk.jobs.ports import RunningJob
from desk.jobs.retry_policy import RetryPolicy
from desk.jobs.runner import JobRunner, JobRunnerSettings
from desk.unit_of_work import UnitOfWork
from tests.flows.eventually import eventually
from tests.patience import SOON

KIND = JobKind.ERASE_CLIENT
# Never so short that a slow machine loses the lease of a runner that is alive.
LASTING = JobRunnerSettings(lease=SOON, stop_timeout=0.1)


@dataclass(frozen=True)
class Task:
    kind: ClassVar[JobKind] = KIND
    name: str
    key: str | None = None

    @property
    def dedup_key(self) -> str | None:
        return self.key

    def to_json(self) -> dict[str, Any]:
        return {"name": self.name}


Work = Callable[[RunningJob, str], Awaitable[Mapping[str, Any] | None]]


async def return_name(_job: RunningJob, name: str) -> Mapping[str, Any] | None:
    return {"name": name}


@dataclass
class Handler:
    """Does jobs as the test says, and records which."""

    work: Work = return_name
    retry_policy: RetryPolicy = field(default_factory=lambda: RetryPolicy(3, 0.01, 0.02))
    began: list[str] = field(default_factory=list)

    def parse(self, payload: Mapping[str, Any]) -> str:
        return str(payload["name"])

    async def run(self, job: RunningJob, payload: str) -> Mapping[str, Any] | None:
        self.began.append(payload)
        return await self.work(job, payload)


@asynccontextmanager
async def run_jobs(
    database: Database, handler: Handler, settings: JobRunnerSettings = LASTING
) -> AsyncIterator[JobRunner]:
    """Run a runner beside the test; at the end it is stopped as a process stops it."""
    runner = JobRunner(database, dict.fromkeys(JobKind, handler), settings=settings)
    database.on_new_jobs = runner.signal.notify
    running = asyncio.create_task(runner.run())
    try:
        yield runner
    finally:
        runner.stop()
        await asyncio.wait_for(running, SOON)


async def enqueue(database: Database, *tasks: Task) -> list[JobId]:
    async with database.transaction() as tx:
        uow = UnitOfWork(tx, now_utc(), Channels())
        ids = [uow.jobs.enqueue(task) for task in tasks]
        await uow.flush()
    return ids


async def load(database: Database) -> list[Job]:
    async with database.transaction() as tx:
        return list((await tx.scalars(select(Job).order_by(Job.id))).all())


async def wait_for_state(database: Database, *states: JobState) -> list[Job]:
    async def reached() -> list[Job] | None:
        rows = await load(database)
        return rows if [row.state for row in rows] == list(states) else None

    return await eventually(reached, f"jobs are {states}", SOON)


async def claim(database: Database, *, lease: float = 60.0) -> list[ClaimedJob]:
    """Claim as a process that then dies."""
    now = now_utc()
    until = now + timedelta(seconds=lease)
    return await database.run(lambda tx: jobs.claim(tx, [KIND], now, until, most=9))
