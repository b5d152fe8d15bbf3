"""Collect the jobs that a transaction enqueues; the unit of work flushes them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from db.database import AFTER_COMMIT, Transaction
from db.ids import JobId
from db.queues import jobs
from db.queues.jobs import NewJob
from db.tables import JobKind
from desk.jobs.ports import JobPayload, StartsJobs


@dataclass(slots=True)
class JobStarter:
    """Where the transactions of a process find its runner; None: it runs no jobs."""

    runner: StartsJobs | None = None


@dataclass(slots=True)
class JobCollector:
    """The new jobs of one transaction."""

    starter: JobStarter = field(default_factory=JobStarter)
    _new: list[NewJob] = field(default_factory=list)
    _starts: list[Callable[[], None]] = field(default_factory=list)

    def enqueue(self, payload: JobPayload, *, run_at: datetime | None = None) -> JobId:
        """Enqueue slow work that runs after this transaction, and return its id.

        It is left out while a job with the same dedup key is open.
        """
        job = NewJob(payload.kind, payload.to_json(), payload.dedup_key, run_at)
        self._new.append(job)
        return job.id

    def find_room(self, kind: JobKind) -> datetime | None:
        """Return until when this process would lease a job that it starts at once; None: never."""
        runner = self.starter.runner
        return None if runner is None else runner.offer_lease(kind)

    def start(self, payload: JobPayload, leased_until: datetime, prepared: object) -> None:
        """Start slow work in this process after the commit, with what this transaction has read.

        That saves the transaction of a claim. If the process dies, another repeats the job, without
        `prepared`. No other job may ever have its dedup key.
        """
        key = payload.dedup_key
        job = NewJob(payload.kind, payload.to_json(), key, leased_until=leased_until)
        self._new.append(job)
        if self.starter.runner is not None:
            self._starts.append(partial(self.starter.runner.start, job.claimed, prepared))

    async def flush(self, tx: Transaction, now: datetime) -> None:
        """Write the jobs that were added since; those without a time are due at once."""
        await jobs.put(tx, self._new, now)
        self._new.clear()
        tx.info.setdefault(AFTER_COMMIT, []).extend(self._starts)
        self._starts.clear()
