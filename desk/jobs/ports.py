"""Ports of jobs: what a kind of job consists of, and what its handler may ask of the runner."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Protocol, TypeVar

from db.database import Transaction
from db.queues import jobs
from db.queues.jobs import ClaimedJob
from db.tables import JobKind
from desk.jobs.retry_policy import JobPostponedError, RetryPolicy


class JobPayload(Protocol):
    """What a job of one kind needs to know: a frozen dataclass."""

    kind: ClassVar[JobKind]

    @property
    def dedup_key(self) -> str | None:
        """Return the key that only one open job may have; None: there may be any number."""

    def to_json(self) -> dict[str, Any]: ...


P = TypeVar("P")


class JobHandler(Protocol[P]):
    """Does the jobs of one kind. A job may be repeated from its beginning at any time."""

    @property
    def retry_policy(self) -> RetryPolicy: ...

    def parse(self, payload: Mapping[str, Any]) -> P:
        """Return the payload that `to_json` wrote."""

    async def run(self, job: "RunningJob", payload: P) -> Mapping[str, Any] | None:
        """Do the job, in transactions of its own, and return what to keep as its result.

        Raises JobRefusedError if trying again is useless, JobPostponedError if it has to wait;
        after any other error the job is tried again.
        """


class StartsJobs(Protocol):
    """The runner of this process, which starts jobs that a transaction claimed for it."""

    def offer_lease(self, kind: JobKind) -> datetime | None:
        """Return until when a job of this kind is leased that starts now; None: none can start."""

    def start(self, job: ClaimedJob, prepared: object) -> None:
        """Start a job whose claim was committed."""


@dataclass(slots=True)
class RunningJob:
    """The claim under which a handler runs."""

    claimed: ClaimedJob
    stopping: asyncio.Event
    # What the transaction that enqueued the job has read for it; None: the handler has to read.
    prepared: object | None = None
    # The handler's last transaction settled the job, too, and was committed.
    is_settled: bool = False

    async def ensure_held(self, tx: Transaction) -> None:
        """Lock the job, so that a process that lost it commits nothing; call it first.

        Raises LeaseLostError.
        """
        await jobs.ensure_held(tx, self.claimed.id, self.claimed.lease)

    async def settle(self, tx: Transaction, now: datetime) -> None:
        """Mark the job as done in the handler's last transaction; saves one of its own.

        After the commit the handler sets `is_settled`.
        """
        await jobs.finish(tx, self.claimed, now, None)

    async def report(self, tx: Transaction, progress: Mapping[str, Any]) -> None:
        """Save the job's progress, so that clients of the API can read it."""
        await jobs.save_progress(tx, self.claimed.id, self.claimed.lease, progress)

    async def pause(self, seconds: float) -> None:
        """Wait between two steps; raise JobPostponedError when the process stops."""
        try:
            async with asyncio.timeout(seconds):
                await self.stopping.wait()
        except TimeoutError:
            return
        raise JobPostponedError
