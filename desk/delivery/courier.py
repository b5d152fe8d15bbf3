"""The courier: claim due rows, send over many lanes at once, and settle in groups.

One transaction per turn both settles what ended and claims what comes next. Sends happen between
turns, with no transaction open.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from db.database import Database, Transaction
from db.errors import DATABASE_ERRORS, describe_error, is_refused
from db.queries.limits.backoffs import load_backoffs
from db.queues import lanes
from db.queues.lanes import LeaseLostError
from db.tables import DeliveryState, Queue
from db.tables.base import now_utc
from desk.cluster.wake import Signal
from desk.delivery.claims import LEASE, QUEUES_BY_URGENCY, Claim, claim
from desk.delivery.delay_notice import show_delay
from desk.delivery.executor import StepExecutor
from desk.delivery.failures import FailureHandler
from desk.delivery.lost_leases import LostLeaseReconciler, renew_lease
from desk.delivery.settlement import settle
from desk.delivery.work import Outcome, Work, count_outcome
from desk.errors import RateLimited
from desk.events import DeliveryChanged
from desk.lanes import NO_LIMIT, limit_channel
from desk.limits.clock import steady_now
from desk.limits.rate_limiter import RateLimiter
from desk.limits.shared_limits import NoSharedUsage, SharedUsage
from desk.log_context import log_step
from desk.projections import ProjectionError
from desk.telemetry.metrics import Metrics
from desk.unit_of_work import UnitOfWork
from desk.unit_of_work_factory import UnitOfWorkFactory, run_without_failing

log = structlog.get_logger(__name__)

# Settling waits this long for more outcomes to share the commit; longer while much is in progress.
_GATHER_SECONDS, _GATHER_SECONDS_BUSY = 0.002, 0.016
_MANY = 12
_RENEW_EVERY = 1.0
_IDLE = 1.0
# Another courier holds the shared usage until it commits, for some milliseconds.
_LIMITS_BUSY_DELAY = 0.01
# If the provider closed this many rate-limit keys at once, the bot as a whole is too fast.
_KEYS_FOR_ALL = 3
# A send that takes this long is slow; its rate-limit key is then slowed down for this long, and
# longer after a real refusal.
_SLOW_SEND = 1.0
_SLOW_AFTER_SIGN = 60.0
_SLOW_AFTER_FLOOD = 300.0


@dataclass(frozen=True, slots=True)
class CourierSettings:
    """How much a courier does at once."""

    lanes_at_once: int = 64
    # How many of these may be messages of broadcasts, so that answers find a free sender however
    # slow the provider is.
    broadcasts_at_once: int = 16


class Courier:
    """Delivers the outbox."""

    def __init__(
        self,
        database: Database,
        uow_factory: UnitOfWorkFactory,
        executor: StepExecutor,
        rate_limiter: RateLimiter,
        settings: CourierSettings | None = None,
        *,
        metrics: Metrics | None = None,
        usage: SharedUsage | None = None,
    ) -> None:
        self.signal = Signal()
        self._database = database
        self._channels = uow_factory.channels
        self._uow_factory = uow_factory
        self._executor = executor
        self._rate_limiter = rate_limiter
        self._settings = settings or CourierSettings()
        self._metrics = metrics or Metrics()
        self._usage = usage or NoSharedUsage()
        self._failures = FailureHandler(random.Random())  # noqa: S311 jitter, no secret
        self._lost_leases = LostLeaseReconciler(database, uow_factory)
        self._works: asyncio.Queue[Work] = asyncio.Queue()
        self._finished: list[Outcome] = []
        # Claimed lanes, by token and name.
        self._under_way: dict[tuple[str, str], Queue] = {}
        self._stopping = False
        self._renewed_at = 0.0

    @property
    def senders(self) -> int:
        """How many `send` loops the worker's task group should run."""
        return self._settings.lanes_at_once

    async def send(self) -> None:
        """Execute claimed work, one step after the other, for ever."""
        while True:
            work = await self._works.get()
            with work.named_in_log():
                outcome = await self._send(work)
            count_outcome(self._metrics, outcome)
            # Two lines on purpose: a turn that ran meanwhile replaces the list.
            self._finished.append(outcome)
            self.signal.notify()

    async def _send(self, work: Work) -> Outcome:
        if self._executor.needs_files(work):
            work = await self._executor.fetch_files(work)
        # Only a process that hung, or fetched a file for long, may have lost the lease here.
        is_ours = await renew_lease(self._database, work, LEASE)
        outcome = await self._executor.execute(work) if is_ours else self._executor.skip(work)
        log_step("delivery.ended", step=type(work.step).__name__, is_sent=outcome.error is None)
        return outcome

    async def run(self) -> None:
        """Run turns until `stop` is called, then settle what is still in progress."""
        resumed = False
        while not (self._stopping and not self._under_way):
            try:
                if not resumed:
                    await self._resume()
                    resumed = True
                pause = await self._turn()
            except DATABASE_ERRORS as error:
                log.warning("courier.database_away", error=describe_error(error))
                pause = 1.0
            if pause > 0:
                await self.signal.sleep(pause)
                if self._finished:
                    many = len(self._under_way) - len(self._finished) > _MANY
                    await asyncio.sleep(_GATHER_SECONDS_BUSY if many else _GATHER_SECONDS)

    def stop(self) -> None:
        """Stop claiming; `run` returns once everything in progress is settled."""
        self._stopping = True
        self._executor.stop()
        self.signal.notify()

    async def _resume(self) -> None:
        """Restore the backoffs of an earlier run, and its lanes if nobody else can hold them."""

        async def work(tx: Transaction) -> Sequence[tuple[str, datetime]]:
            await lanes.reclaim(tx, now_utc(), all_of_them=self._database.is_sqlite)
            return await load_backoffs(tx, now_utc())

        for rate_limit_key, until in await self._database.run(work):
            ends = steady_now() + (until - now_utc()).total_seconds()
            self._rate_limiter.close(rate_limit_key, ends)
            self._rate_limiter.slow(rate_limit_key, ends + _SLOW_AFTER_FLOOD)

    async def _turn(self) -> float:
        """Settle what ended and claim what is due; return how many seconds to sleep."""
        await self._lost_leases.reconcile()
        ended, self._finished = self._finished, []
        try:
            works, pause = await self._run_turn(ended)
        except BaseException as error:
            # nothing was committed: settle it now one by one, or in the next turn
            self._finished = ended + self._finished
            if not isinstance(error, LeaseLostError | ProjectionError) and not is_refused(error):
                raise
            await self._settle_one_by_one(len(ended))
            return 0.0
        self._forget(ended)
        for work in works:
            self._under_way[work.token, work.lane] = work.queue
            self._works.put_nowait(work)
        return pause

    async def _run_turn(self, ended: Sequence[Outcome]) -> tuple[list[Work], float]:
        if ended:
            return await self._database.run(lambda tx: self._settle_and_claim(tx, ended))
        return await run_without_failing(
            self._database, lambda tx, without: self._settle_and_claim(tx, (), without)
        )

    async def _settle_and_claim(
        self, tx: Transaction, ended: Sequence[Outcome], without: Collection[str] = ()
    ) -> tuple[list[Work], float]:
        now, at = now_utc(), steady_now()
        if ended:
            await settle(self._uow_factory.create(tx, now), ended, self._failures)
            # Before the claim, so that nothing is sent through a rate-limit key that just closed.
            self._apply_rate_limits(ended)
        await self._renew_leases(tx, now, at)
        room = self.senders - len(self._under_way) + len(ended)
        if self._stopping or room <= 0:
            return [], _IDLE
        dues = await self._next_dues(tx, at)
        due = tuple(queue for queue in QUEUES_BY_URGENCY if queue in dues and dues[queue] <= now)
        if due or self._usage.has_unsaved:
            if not await self._usage.load_usage(tx, now, at):
                return [], _LIMITS_BUSY_DELAY
            claimed = await claim(
                tx,
                self._rate_limiter,
                now,
                at,
                most=room,
                most_broadcasts=self._count_free_for_broadcasts(ended),
                classes=due,
                channels=self._channels,
            )
            await self._usage.save_usage(tx, at)
            if claimed.delayed or claimed.unsent:
                uow = self._uow_factory.create(tx, now, without=without)
                await _show_delays(uow, claimed)
            if claimed.works:
                return claimed.works, _IDLE
        # The due lanes had to wait, and were postponed until then.
        return [], self._seconds_until_next(await self._next_dues(tx, at) if due else dues, now, at)

    def _count_free_for_broadcasts(self, ended: Sequence[Outcome]) -> int:
        used = Counter(self._under_way.values()) - Counter(each.work.queue for each in ended)
        return max(0, self._settings.broadcasts_at_once - used[Queue.BROADCAST])

    async def _next_dues(self, tx: Transaction, at: float) -> dict[Queue, datetime]:
        return await lanes.read_next_due_by_queue(
            tx, QUEUES_BY_URGENCY, closed_keys=self._rate_limiter.list_closed(at)
        )

    def _seconds_until_next(
        self, dues: Mapping[Queue, datetime], now: datetime, at: float
    ) -> float:
        waits = [_IDLE, self._rate_limiter.seconds_until_open(at) or _IDLE]
        waits += [(due - now).total_seconds() for due in dues.values()]
        return max(0.002, min(waits))

    async def _renew_leases(self, tx: Transaction, now: datetime, at: float) -> None:
        if at - self._renewed_at < _RENEW_EVERY:
            return
        self._renewed_at = at
        if self._under_way:
            await lanes.renew(tx, {token for token, _ in self._under_way}, now + LEASE)
        if taken := await lanes.reclaim(tx, now):
            log.warning("courier.lanes_taken_over", lanes=taken)
            self._metrics.count_taken_over(taken)

    async def _settle_one_by_one(self, many: int) -> None:
        """Settle each outcome by itself; only what another worker took over is dropped.

        What happened is recorded even if a projection fails: it is left out. An outcome that the
        database refuses is dropped, too: its lane is taken over when the lease has expired, as
        after a crash. After another database error the rest waits for the next turn.
        """
        for _ in range(many):
            outcome = self._finished[0]
            try:
                await self._uow_factory.record(
                    self._database,
                    lambda uow, outcome=outcome: settle(uow, [outcome], self._failures),  # type: ignore[misc]
                )
            except LeaseLostError:
                with outcome.work.named_in_log():
                    log.warning("courier.lease_lost")
                self._lost_leases.add(outcome)
            except DATABASE_ERRORS as error:
                if not is_refused(error):
                    raise
                with outcome.work.named_in_log():
                    log.error("courier.outcome_refused", error=describe_error(error))
                self._lost_leases.add(outcome)
            del self._finished[0]
            self._apply_rate_limits([outcome])
            self._forget([outcome])

    def _apply_rate_limits(self, ended: Sequence[Outcome]) -> None:
        at = steady_now()
        slowed: dict[str, dict[str, float]] = {}
        for outcome in ended:
            rate_limit_key, error = outcome.work.rate_limit_key, outcome.error
            self._rate_limiter.confirm(
                rate_limit_key,
                outcome.work.spent_at,
                outcome.ended_at,
                calls=outcome.work.step.cost,
            )
            if isinstance(error, RateLimited) and rate_limit_key != NO_LIMIT:
                self._rate_limiter.close(rate_limit_key, at + error.retry_after + 0.5)
                if error.everywhere:
                    self._rate_limiter.close_owner(rate_limit_key, at + error.retry_after + 0.5)
                self._rate_limiter.slow(rate_limit_key, at + error.retry_after + _SLOW_AFTER_FLOOD)
                seconds_by_key = slowed.setdefault(limit_channel(rate_limit_key), {})
                seconds_by_key[rate_limit_key] = error.retry_after
            elif (
                outcome.seconds > _SLOW_SEND
                and rate_limit_key != NO_LIMIT
                and not outcome.has_upload
            ):
                # Providers sleep before they refuse: a slow answer is an early sign of a flood.
                self._rate_limiter.slow(rate_limit_key, at + _SLOW_AFTER_SIGN)
        for seconds_by_key in slowed.values():
            if len(seconds_by_key) >= _KEYS_FOR_ALL:
                any_key, longest = next(iter(seconds_by_key)), max(seconds_by_key.values())
                self._rate_limiter.close_owner(any_key, at + longest)

    def _forget(self, ended: Sequence[Outcome]) -> None:
        for outcome in ended:
            self._under_way.pop((outcome.work.token, outcome.work.lane), None)


async def _show_delays(uow: UnitOfWork, claimed: Claim) -> None:
    """Show which answers must wait, and which were deleted before they were sent."""
    for row, until in claimed.delayed:
        await show_delay(uow, [row], until)
    for message_id in claimed.unsent:
        uow.events.add(DeliveryChanged(message_id, DeliveryState.FAILED))
    await uow.flush()
