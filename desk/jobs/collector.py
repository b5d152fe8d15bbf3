"""Collect the jobs that a transaction enqueues; the unit of work flushes them."""

from dataclasses import dataclass, field
from datetime import datetime

from db.database import Transaction
from db.ids import JobId
from db.queues import jobs
from db.queues.jobs import NewJob
from desk.jobs.ports import JobPayload


@dataclass(slots=True)
class JobCollector:
    """The new jobs of one transaction."""

    _new: list[NewJob] = field(default_factory=list)

    def enqueue(self, payload: JobPayload, *, run_at: datetime | None = None) -> JobId:
        """Enqueue slow work that runs after this transaction, and return its id.

        It is left out while a job with the same dedup key is open.
        """
        job = NewJob(payload.kind, payload.to_json(), payload.dedup_key, run_at)
        self._new.append(job)
        return job.id

    async def flush(self, tx: Transaction, now: datetime) -> None:
        """Write the jobs that were added since; those without a time are due at once."""
        await jobs.put(tx, self._new, now)
        self._new.clear()
