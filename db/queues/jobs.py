"""Jobs: slow work that is claimed with a lease, run without a transaction, and settled.

The lease is in the job's row. Every change that ends a claim compares the lease first, so a process
that hung and lost its job changes nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Update, bindparam, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.database import NEW_JOBS
from db.dialect import count_changed, get_table, insert_or_ignore
from db.ids import JobId, new_id
from db.new_values import bind_new, new_columns
from db.queues.lanes import LeaseLostError
from db.queues.queue_depth import MAX_COUNTED
from db.tables import Job, JobKind, JobState

jobs = get_table(Job)

_OPEN = (JobState.PENDING, JobState.RUNNING)
_MAX_ERROR_LENGTH = 500
_FREE = {"lease": None, "lease_until": None}


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job to write; `run_at` None: it is due at once."""

    kind: JobKind
    payload: Mapping[str, Any]
    dedup_key: str | None = None
    run_at: datetime | None = None
    # Until when the process that writes it has claimed it; None: any process may claim it.
    leased_until: datetime | None = None
    id: JobId = field(default_factory=lambda: JobId(new_id()))
    lease: str = field(default_factory=new_id)

    @property
    def claimed(self) -> "ClaimedJob":
        """Return the claim of the process that writes it."""
        return ClaimedJob(self.id, self.kind, self.payload, 1, self.lease, is_taken_over=False)


@dataclass(frozen=True, slots=True)
class ClaimedJob:
    """A job that this process may run; `attempts` counts this attempt, too."""

    id: JobId
    kind: JobKind
    payload: Mapping[str, Any]
    attempts: int
    lease: str
    # The process that ran it before has died, or has hung for longer than its lease.
    is_taken_over: bool


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job as people see it."""

    id: JobId
    kind: JobKind
    state: JobState
    attempts: int
    error: str | None
    run_at: datetime
    created_at: datetime
    settled_at: datetime | None
    # What was done, or how far the job is.
    result: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class JobCount:
    """How many jobs of a kind are in a state, and when the oldest of them was created."""

    kind: JobKind
    state: JobState
    rows: int
    since: datetime


_AGAIN = (
    update(jobs)
    .where(jobs.c.dedup_key == bindparam("of_key"), jobs.c.state == JobState.FAILED)
    .values(
        state=JobState.PENDING,
        attempts=0,
        settled_at=None,
        payload=bindparam("new_payload"),
        run_at=bindparam("at"),
    )
)


async def put(tx: AsyncSession, new: Sequence[NewJob], now: datetime) -> None:
    """Write jobs, and wake their runner after the commit.

    A job whose key an open job has is left out; a failed job with its key is started again instead.
    A job that is claimed already must have a key that no other job ever has.
    """
    if not new:
        return
    for each in new:
        if each.dedup_key is not None and each.leased_until is None:
            bound = {"of_key": each.dedup_key, "at": each.run_at or now}
            await tx.execute(_AGAIN, {**bound, "new_payload": dict(each.payload)})
    rows = [
        {
            "id": each.id,
            "kind": each.kind,
            "payload": dict(each.payload),
            "dedup_key": each.dedup_key,
            "run_at": each.run_at or now,
            "created_at": now,
            **_build_claim(each),
        }
        for each in new
    ]
    await tx.execute(insert_or_ignore(tx, jobs, ("dedup_key",)), rows)
    if any(each.leased_until is None for each in new):
        tx.info[NEW_JOBS] = True


def _build_claim(new: NewJob) -> dict[str, Any]:
    if new.leased_until is None:
        return {"state": JobState.PENDING, "attempts": 0, **_FREE}
    leased = {"lease": new.lease, "lease_until": new.leased_until}
    return {"state": JobState.RUNNING, "attempts": 1, **leased}


async def drop_planned(tx: AsyncSession, kind: JobKind, now: datetime, *, keep: str | None) -> None:
    """Delete the jobs of a kind that are planned for a later time, except that with this key."""
    planned = jobs.c.kind == kind, jobs.c.state == JobState.PENDING, jobs.c.run_at > now
    others = () if keep is None else (jobs.c.dedup_key != keep,)
    await tx.execute(delete(jobs).where(*planned, *others))


async def find_unfinished(tx: AsyncSession, dedup_key: str) -> JobRow | None:
    """Find the job with this key that is open or was given up."""
    return await _find_row(tx, jobs.c.dedup_key == dedup_key)


async def find_job(tx: AsyncSession, job_id: JobId) -> JobRow | None:
    """Find a job by its id."""
    return await _find_row(tx, jobs.c.id == job_id)


async def list_failed(tx: AsyncSession, limit: int) -> list[JobRow]:
    """List jobs that were given up."""
    failed = _ROW.where(jobs.c.state == JobState.FAILED).order_by(jobs.c.run_at).limit(limit)
    return [JobRow(*row) for row in await tx.execute(failed)]


_ROW = select(
    jobs.c.id,
    jobs.c.kind,
    jobs.c.state,
    jobs.c.attempts,
    jobs.c.error,
    jobs.c.run_at,
    jobs.c.created_at,
    jobs.c.settled_at,
    jobs.c.result,
)


async def _find_row(tx: AsyncSession, condition: Any) -> JobRow | None:
    row = (await tx.execute(_ROW.where(condition))).one_or_none()
    return None if row is None else JobRow(*row)


# Claims

_CLAIMABLE = (
    select(jobs.c.id, jobs.c.kind, jobs.c.payload, jobs.c.attempts)
    .where(jobs.c.kind.in_(bindparam("kinds", expanding=True)))
    .order_by(jobs.c.run_at, jobs.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_EXPIRED = _CLAIMABLE.where(
    jobs.c.state == JobState.RUNNING, jobs.c.lease_until <= bindparam("now")
)
_DUE = _CLAIMABLE.where(jobs.c.state == JobState.PENDING, jobs.c.run_at <= bindparam("now"))


_LEASE = (
    update(jobs)
    .where(jobs.c.id == bindparam("of"))
    .values(
        state=JobState.RUNNING,
        lease=bindparam("by"),
        lease_until=bindparam("until"),
        attempts=bindparam("count"),
    )
)


async def claim(
    tx: AsyncSession,
    kinds: Collection[JobKind],
    now: datetime,
    until: datetime,
    *,
    most: int,
    takes_over: bool = True,
) -> list[ClaimedJob]:
    """Lease jobs of these kinds until then: the oldest due, and before them those of the dead.

    Rows that another process is claiming at this moment are skipped. `takes_over`: also jobs of
    processes that died.
    """
    found: list[ClaimedJob] = []
    for wanted, is_taken_over in ((_EXPIRED, True), (_DUE, False)):
        if len(found) < most and (takes_over or not is_taken_over):
            bound = {"kinds": sorted(kinds), "now": now, "most": most - len(found)}
            found += [
                ClaimedJob(row.id, row.kind, row.payload, row.attempts + 1, new_id(), is_taken_over)
                for row in await tx.execute(wanted, bound)
            ]
    for job in found:
        leased = {"of": job.id, "by": job.lease, "until": until, "count": job.attempts}
        await tx.execute(_LEASE, leased)
    return found


async def renew(
    tx: AsyncSession, claimed: Collection[ClaimedJob], until: datetime
) -> Sequence[ClaimedJob]:
    """Renew the leases of jobs that still run; return the jobs that were lost."""
    if not claimed:
        return []
    these = (
        jobs.c.id.in_(sorted(job.id for job in claimed)),
        jobs.c.lease.in_(sorted(job.lease for job in claimed)),
    )
    await tx.execute(update(jobs).where(*these).values(lease_until=until))
    held = set(await tx.scalars(select(jobs.c.lease).where(*these)))
    return [job for job in claimed if job.lease not in held]


async def expire_leases(tx: AsyncSession, now: datetime) -> None:
    """End every lease, because no other process is alive that could hold one."""
    running = jobs.c.state == JobState.RUNNING
    await tx.execute(update(jobs).where(running).values(lease_until=now))


_NEXT_BY_KIND = (
    select(jobs.c.kind, func.min(jobs.c.run_at).label("at"))
    .where(jobs.c.state == JobState.PENDING)
    .group_by(jobs.c.kind)
)


async def read_next_due(tx: AsyncSession) -> dict[JobKind, datetime]:
    """Return when the next pending job is due, by kind; kinds of which none waits are left out."""
    rows = await tx.execute(_NEXT_BY_KIND)
    return {row.kind: row.at for row in rows}


_HOLDER = select(jobs.c.lease).where(jobs.c.id == bindparam("id")).with_for_update()


async def ensure_held(tx: AsyncSession, job_id: JobId, lease: str) -> None:
    """Check that this claim still holds the job, and lock it until the transaction ends.

    Raises LeaseLostError if it does not; nothing of the transaction may be committed.
    """
    held = await tx.scalar(_HOLDER, {"id": job_id})
    if held != lease:
        raise LeaseLostError(f"another process runs job {job_id}")


async def save_progress(
    tx: AsyncSession, job_id: JobId, lease: str, progress: Mapping[str, Any]
) -> None:
    """Save how far a claimed job is; its end replaces that with its result."""
    ours = jobs.c.id == job_id, jobs.c.lease == lease
    await tx.execute(update(jobs).where(*ours).values(result=dict(progress)))


# Ends of a claim


async def finish(
    tx: AsyncSession, job: ClaimedJob, now: datetime, result: Mapping[str, Any] | None
) -> None:
    """Mark a job as done. Raises LeaseLostError, as the other ends of a claim do."""
    kept = None if result is None else dict(result)
    done = {"state": JobState.DONE, "dedup_key": None, "result": kept, "error": None}
    await _end_claim(tx, job, **done, settled_at=now)


async def give_up(tx: AsyncSession, job: ClaimedJob, now: datetime, error: str) -> None:
    """Mark a job as failed, with the reason."""
    why = error[:_MAX_ERROR_LENGTH]
    await _end_claim(tx, job, state=JobState.FAILED, error=why, settled_at=now)


async def reschedule(tx: AsyncSession, job: ClaimedJob, run_at: datetime, error: str) -> None:
    """Schedule the next attempt after one that failed."""
    why = error[:_MAX_ERROR_LENGTH]
    await _end_claim(tx, job, state=JobState.PENDING, run_at=run_at, error=why)


async def give_back(tx: AsyncSession, job: ClaimedJob, run_at: datetime) -> None:
    """Give a job back that did not fail; this attempt does not count."""
    uncounted = job.attempts - 1
    await _end_claim(tx, job, state=JobState.PENDING, run_at=run_at, attempts=uncounted)


async def _end_claim(tx: AsyncSession, job: ClaimedJob, **values: Any) -> None:
    bound = {"of": job.id, "by": job.lease, **bind_new(values)}
    changed = await tx.execute(_build_end(*sorted(values)), bound)
    if count_changed(changed) != 1:
        raise LeaseLostError(f"another process took job {job.id} over")


@cache
def _build_end(*names: str) -> Update:
    """Build the update that sets these columns and frees the job, once for each set of them."""
    ours = jobs.c.id == bindparam("of"), jobs.c.lease == bindparam("by")
    return update(jobs).where(*ours).values(**_FREE, **new_columns(names))


# Figures


async def count_jobs(tx: AsyncSession) -> list[JobCount]:
    """Count the jobs that are not done, by kind and state, up to `MAX_COUNTED` for each state."""
    counts: list[JobCount] = []
    for state in (*_OPEN, JobState.FAILED):
        some = select(jobs.c.kind, jobs.c.created_at).where(jobs.c.state == state)
        each = some.limit(MAX_COUNTED).subquery()
        found = await tx.execute(
            select(each.c.kind, func.count(), func.min(each.c.created_at)).group_by(each.c.kind)
        )
        counts += [JobCount(kind, state, rows, since) for kind, rows, since in found]
    return counts
