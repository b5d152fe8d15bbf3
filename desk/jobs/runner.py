"""The job runner: claim due jobs, run them side by side, settle each by its lease.

Claims and settlements are short transactions; a handler runs with none open and begins its own.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog

from db.database import Database, Transaction
from db.errors import DATABASE_ERRORS, describe_error
from db.queues import jobs
from db.queues.jobs import ClaimedJob
from db.queues.lanes import LeaseLostError
from db.tables import JobKind
from db.tables.base import now_utc
from desk.cluster.wake import Signal
from desk.jobs.ports import JobHandler, RunningJob
from desk.jobs.retry_policy import GiveUp, TryAgain, decide_after_crash, decide_retry
from desk.limits.clock import steady_now
from desk.telemetry.metrics import Metrics

log = structlog.get_logger(__name__)

_IDLE, _SHORT = 1.0, 0.02
_DATABASE_RETRY = 1.0


@dataclass(frozen=True, slots=True)
class JobRunnerSettings:
    """How much a runner does at once, and its times in seconds."""

    jobs_at_once: int = 4
    # Kinds that wait for other servers, many at once, beside those: they delay no other kind.
    own_slots: Mapping[JobKind, int] = field(default_factory=lambda: {JobKind.AI_TURN: 256})
    # A dead process's job is taken over after this time; a live one renews far more often.
    lease: float = 20.0
    # What running jobs get to finish when the process stops; then they are given back.
    stop_timeout: float = 1.0


@dataclass(frozen=True, slots=True)
class Done:
    """A job that was finished, with its result; `is_settled`: its handler wrote that already."""

    result: Mapping[str, Any] | None
    is_settled: bool = False


Outcome = Done | TryAgain | GiveUp


class JobRunner:
    """Runs the jobs of this process."""

    def __init__(
        self,
        database: Database,
        handlers: Mapping[JobKind, JobHandler[Any]],
        *,
        metrics: Metrics | None = None,
        settings: JobRunnerSettings | None = None,
    ) -> None:
        """Raise ValueError if a kind of job has no handler."""
        if missing := set(JobKind) - set(handlers):
            raise ValueError(f"no handler for the jobs {sorted(missing)}")
        self.signal = Signal()
        self._database = database
        self._handlers = handlers
        self._metrics = metrics or Metrics()
        self._settings = settings or JobRunnerSettings()
        self._stopping = asyncio.Event()
        # None: no jobs are run now.
        self._group: asyncio.TaskGroup | None = None
        # Claims that are not settled, by their lease.
        self._running: dict[str, tuple[ClaimedJob, asyncio.Task[None]]] = {}
        # Claims that were committed when the runner was stopping.
        self._too_late: list[ClaimedJob] = []
        self._renew_at = self._take_over_at = 0.0
        # Jobs may wait for a slot, so that the end of one must wake the runner.
        self._is_full = False

    async def run(self) -> None:
        """Run jobs until `stop`; then let them finish for a moment, and give the rest back."""
        try:
            async with asyncio.TaskGroup() as self._group:
                await self._claim_until_stopped(self._group)
                await self._wait_for_running()
        finally:
            self._group = None
            await self.give_back()

    def stop(self) -> None:
        """Stop claiming; `run` returns soon."""
        self._stopping.set()
        self.signal.notify()

    def offer_lease(self, kind: JobKind) -> datetime | None:
        """Return until when a job of this kind is leased that starts now; None: none can start."""
        is_running = self._group is not None and not self._stopping.is_set()
        if not is_running or not any(kind in kinds for kinds, _ in self._list_rooms()):
            return None
        return now_utc() + timedelta(seconds=self._settings.lease)

    def start(self, job: ClaimedJob, prepared: object) -> None:
        """Start a job that a transaction of this process has claimed, with what it has read."""
        if self._group is None or self._stopping.is_set():
            self._too_late.append(job)
            return
        self._running[job.lease] = job, self._group.create_task(self._work(job, prepared))

    async def _claim_until_stopped(self, group: asyncio.TaskGroup) -> None:
        resumed = False
        while not self._stopping.is_set():
            try:
                if not resumed and self._database.is_sqlite:  # there is no other process
                    await self._database.run(lambda tx: jobs.expire_leases(tx, now_utc()))
                resumed = True
                pause = await self._turn(group)
            except DATABASE_ERRORS as error:
                log.warning("jobs.database_away", error=describe_error(error))
                pause = _DATABASE_RETRY
            await self.signal.sleep(pause)

    async def _turn(self, group: asyncio.TaskGroup) -> float:
        """Renew leases and start what is due; return how many seconds to sleep."""
        claimed, lost, pause = await self._database.run(self._renew_and_claim)
        for job in lost:
            # None: it was settled while its lease was renewed, and is nobody's any more.
            if (running := self._running.pop(job.lease, None)) is not None:
                log.warning("job.lost", job=job.id, kind=job.kind)
                running[1].cancel()
        for job in claimed:
            self._running[job.lease] = job, group.create_task(self._work(job))
        return pause

    async def _renew_and_claim(
        self, tx: Transaction
    ) -> tuple[list[ClaimedJob], list[ClaimedJob], float]:
        now, until = now_utc(), now_utc() + timedelta(seconds=self._settings.lease)
        lost: list[ClaimedJob] = []
        if steady_now() >= self._renew_at:
            held = [job for job, _ in self._running.values()]
            lost = list(await jobs.renew(tx, held, until))
            self._renew_at = steady_now() + self._settings.lease / 4
        claimed, pause = await self._claim(tx, now, until)
        return claimed, lost, pause

    async def _claim(
        self, tx: Transaction, now: datetime, until: datetime
    ) -> tuple[list[ClaimedJob], float]:
        """Claim what is due, from time to time also jobs of the dead; return the pause after it."""
        takes_over = steady_now() >= self._take_over_at
        if takes_over:
            self._take_over_at = steady_now() + _IDLE
        next_due = await jobs.read_next_due(tx)
        claimed: list[ClaimedJob] = []
        with_room: set[JobKind] = set()
        for kinds, room in self._list_rooms():
            found: list[ClaimedJob] = []
            if takes_over or any(next_due.get(kind, until) <= now for kind in kinds):
                found = await jobs.claim(tx, kinds, now, until, most=room, takes_over=takes_over)
            claimed += found
            with_room |= kinds if len(found) < room else set()
        self._is_full = with_room != set(self._handlers)
        if claimed:
            next_due = await jobs.read_next_due(tx)
        # A job that is due and was not claimed is being claimed by another process.
        waits = [
            max(_SHORT, (at - now).total_seconds())
            for kind, at in next_due.items()
            if kind in with_room
        ]
        return claimed, min([_IDLE, *waits])

    def _list_rooms(self) -> list[tuple[set[JobKind], int]]:
        """List which kinds of jobs can be claimed now, and how many of each group."""
        running = Counter(job.kind for job, _ in self._running.values())
        own = self._settings.own_slots
        rooms = [({kind}, slots - running[kind]) for kind, slots in own.items()]
        shared = set(self._handlers) - set(own)
        rooms.append((shared, self._settings.jobs_at_once - sum(running[each] for each in shared)))
        return [(kinds, room) for kinds, room in rooms if room > 0]

    async def _work(self, job: ClaimedJob, prepared: object | None = None) -> None:
        """Run a claimed job and settle it; a cancelled job stays for `give_back`."""
        if job.is_taken_over:
            log.warning("job.taken_over", job=job.id, kind=job.kind, attempt=job.attempts)
        # What is not done may be due again soon: then the runner must look when.
        is_over = False
        try:
            outcome = await self._attempt(job, prepared)
            await self._settle(job, outcome)
            is_over = isinstance(outcome, Done)
        except LeaseLostError:
            log.warning("job.lost", job=job.id, kind=job.kind)
        self._running.pop(job.lease, None)
        if self._is_full or not is_over:
            self.signal.notify()

    async def _attempt(self, job: ClaimedJob, prepared: object | None) -> Outcome:
        handler = self._handlers[job.kind]
        policy = handler.retry_policy
        if job.is_taken_over and (crashed := decide_after_crash(job.attempts, policy)):
            return crashed
        try:
            running = RunningJob(job, self._stopping, prepared)
            payload = handler.parse(job.payload)
            return Done(await handler.run(running, payload), running.is_settled)
        except LeaseLostError:
            raise
        except Exception as error:
            jitter = random.random()  # noqa: S311 no secret
            decided = decide_retry(error, job.attempts, policy, jitter=jitter)
            if isinstance(decided, GiveUp) or decided.error is not None:
                log.error(
                    "job.failed", job=job.id, kind=job.kind, attempt=job.attempts, exc_info=error
                )
            return decided

    async def _settle(self, job: ClaimedJob, outcome: Outcome) -> None:
        """Write what became of a job, when the database answers: its lease is renewed meanwhile."""
        while not (isinstance(outcome, Done) and outcome.is_settled):
            try:
                await self._database.run(lambda tx: _write_outcome(tx, job, outcome))
            except DATABASE_ERRORS as error:
                log.warning("jobs.database_away", error=describe_error(error))
                await asyncio.sleep(_DATABASE_RETRY)
            else:
                break
        self._metrics.count_job(job.kind, _name_result(outcome))

    async def _wait_for_running(self) -> None:
        tasks = [task for _, task in self._running.values()]
        if tasks:
            _, left = await asyncio.wait(tasks, timeout=self._settings.stop_timeout)
            for task in left:
                task.cancel()

    async def give_back(self) -> None:
        """Give back the jobs that did not finish, so that another process need not wait.

        Called once more when nothing is begun any more: a last transaction may have claimed one.
        """
        for job in [*self._too_late, *(job for job, _ in self._running.values())]:
            try:
                await self._database.run(lambda tx, job=job: jobs.give_back(tx, job, now_utc()))  # type: ignore[misc]
            except LeaseLostError:
                continue
            except DATABASE_ERRORS:
                log.info("jobs.give_back_failed")  # the leases expire by themselves
                return
            self._metrics.count_job(job.kind, "postponed")
        self._running.clear()
        self._too_late.clear()


async def _write_outcome(tx: Transaction, job: ClaimedJob, outcome: Outcome) -> None:
    now = now_utc()
    match outcome:
        case Done(result):
            await jobs.finish(tx, job, now, result)
        case GiveUp(error):
            await jobs.give_up(tx, job, now, error)
        case TryAgain(seconds, None):
            await jobs.give_back(tx, job, now + timedelta(seconds=seconds))
        case TryAgain(seconds, str(error)):
            await jobs.reschedule(tx, job, now + timedelta(seconds=seconds), error)


def _name_result(outcome: Outcome) -> str:
    match outcome:
        case Done():
            return "done"
        case GiveUp():
            return "given_up"
        case TryAgain(_, None):
            return "postponed"
        case _:
            return "retried"
