"""Delete old rows and archive conversations while the desk runs, in small batches with pauses.

Parked and uncertain rows stay until somebody has handled them; messages are never deleted.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

import structlog

from db.database import Database, Transaction
from db.errors import DATABASE_ERRORS
from db.ids import new_id
from db.queries.cleanup import (
    ai_cleanup,
    archiving,
    auto_reply_cleanup,
    broadcast_cleanup,
    cleanup,
    event_cleanup,
)
from db.queries.cleanup.cleanup import CleanupBatch
from db.queues import leases
from db.queues.lanes import LeaseLostError
from db.tables import JobState, Queue
from db.tables.base import now_utc
from desk.lanes import ONE_OFF_PREFIXES
from desk.media.cleanup import MediaCleanup
from desk.retention import Retention

log = structlog.get_logger(__name__)

# After they expired, or ended.
_EXPIRED_RETENTION = timedelta(days=7)
# A listener that was away for longer than a long weekend reads everything again.
_EVENT_RETENTION = timedelta(days=3)
# A delivery that was running when its webhook was deleted is settled within this time.
_WEBHOOK_GRACE = timedelta(minutes=5)
_CODE_RETENTION = timedelta(days=1)
# A little longer than api/routing/idempotency.py answers by them.
_KEY_RETENTION = timedelta(days=1, hours=1)
# The doctor shows them until then, or until somebody asks for the same again.
_FAILED_JOB_RETENTION = timedelta(days=30)
# A session that is silent for longer has a budget of its own again.
_BUDGET_RETENTION = timedelta(days=30)
# After its end: somebody may ask who got a broadcast of the same season last year.
_BROADCAST_RETENTION = timedelta(days=400)
# The chore that deletes nothing.
ARCHIVED = "silent conversations"
_INTERVAL = 300.0
_LEASE_NAME = "housekeeping"
# Far longer than a batch takes: a process that holds the lease that long is dead.
_LEASE_DURATION = timedelta(seconds=60)
# Rows and lanes in a transaction; on SQLite all other writers wait for it, about 10 milliseconds.
_ROWS_PER_BATCH, _LANES_PER_BATCH = 100, 100
_PAUSE = 0.05
# Batches take at most this fraction (1/10) of the time.
_REST_FACTOR = 10


class DeleteBatch(Protocol):
    """One short piece of a chore; `after` is where the one before it ended."""

    def __call__(self, tx: Transaction, now: datetime, after: Any) -> Awaitable[CleanupBatch]: ...


BeforeBatch = Callable[[Transaction], Awaitable[None]]


def list_chores(retention: Retention) -> Mapping[str, DeleteBatch]:
    """List the chores, each by the name of what it deletes or archives."""
    idle = {f"idle {queue} lanes": partial(_idle_lanes, queue=queue) for queue in Queue}
    return {
        "handled updates": _make_batch(
            retention.settled, cleanup.delete_settled_inbox, _ROWS_PER_BATCH
        ),
        "settled deliveries": _make_batch(
            retention.settled, cleanup.delete_settled_outbox, _ROWS_PER_BATCH
        ),
        "expired refresh tokens": _make_batch(
            _EXPIRED_RETENTION, cleanup.delete_expired_tokens, _ROWS_PER_BATCH
        ),
        "expired log-ins": _make_batch(
            _EXPIRED_RETENTION, cleanup.delete_expired_log_ins, _ROWS_PER_BATCH
        ),
        "expired one-time links": _make_batch(
            _CODE_RETENTION, cleanup.delete_expired_resets, _ROWS_PER_BATCH
        ),
        "expired idempotency keys": _make_batch(
            _KEY_RETENTION, cleanup.delete_old_keys, _ROWS_PER_BATCH
        ),
        "unmatched receipts": _make_batch(
            _CODE_RETENTION, cleanup.delete_early_receipts, _ROWS_PER_BATCH
        ),
        "old token budgets": _make_batch(
            _BUDGET_RETENTION, cleanup.delete_old_budgets, _ROWS_PER_BATCH
        ),
        "expired link codes": _make_batch(
            _CODE_RETENTION, cleanup.clear_link_codes, _ROWS_PER_BATCH
        ),
        "old events": _make_batch(
            _EVENT_RETENTION, event_cleanup.delete_old_events, _ROWS_PER_BATCH
        ),
        "jobs that are done": _make_batch(
            retention.settled,
            partial(cleanup.delete_settled_jobs, state=JobState.DONE),
            _ROWS_PER_BATCH,
        ),
        "failed jobs": _make_batch(
            _FAILED_JOB_RETENTION,
            partial(cleanup.delete_settled_jobs, state=JobState.FAILED),
            _ROWS_PER_BATCH,
        ),
        "settled webhook deliveries": _make_batch(
            _EXPIRED_RETENTION, event_cleanup.delete_settled_deliveries, _ROWS_PER_BATCH
        ),
        "old turns of AI agents": _make_batch(
            _FAILED_JOB_RETENTION, ai_cleanup.delete_old_turns, _ROWS_PER_BATCH
        ),
        "old broadcasts": _make_batch(
            _BROADCAST_RETENTION, broadcast_cleanup.delete_old_broadcasts, _ROWS_PER_BATCH
        ),
        "deleted webhooks": _make_batch(
            _WEBHOOK_GRACE, event_cleanup.delete_deleted_webhooks, _ROWS_PER_BATCH
        ),
        **idle,
        **_list_by_choice(retention),
    }


def _list_by_choice(retention: Retention) -> Mapping[str, DeleteBatch]:
    """List the chores that the operator may switch off."""
    chosen = (
        ("old logs of AI answers", retention.ai_logs, ai_cleanup.delete_old_logs),
        ("old answers of rules", retention.rule_answers, auto_reply_cleanup.delete_old_firings),
        (ARCHIVED, retention.archive, archiving.archive_conversations),
    )
    return {
        name: _make_batch(age, work, _ROWS_PER_BATCH)
        for name, age, work in chosen
        if age is not None
    }


def _make_batch(
    age: timedelta, work: Callable[..., Awaitable[CleanupBatch]], limit: int
) -> DeleteBatch:
    async def batch(tx: Transaction, now: datetime, after: Any) -> CleanupBatch:
        return await work(tx, now - age, limit, after)

    return batch


async def _idle_lanes(tx: Transaction, now: datetime, after: Any, *, queue: Queue) -> CleanupBatch:
    _ = now
    return await cleanup.delete_idle_lanes(tx, queue, ONE_OFF_PREFIXES, _LANES_PER_BATCH, after)


async def _do_nothing(tx: Transaction) -> None:
    _ = tx


async def run_chore(
    database: Database,
    batch: DeleteBatch,
    now: datetime,
    *,
    first: BeforeBatch = _do_nothing,
    pause: float = 0.0,
) -> int:
    """Run a chore to its end, with `first` in each transaction; return how much was deleted.

    `pause` is the seconds between batches; it is longer if batches take long.
    """
    total, after = 0, None
    while True:

        async def work(tx: Transaction, after: Any = after) -> CleanupBatch:
            await first(tx)
            return await batch(tx, now, after)

        began = time.monotonic()
        done = await database.run(work)
        total, after = total + done.removed, done.after
        if after is None:
            return total
        await asyncio.sleep(max(pause, _REST_FACTOR * (time.monotonic() - began)) if pause else 0)


@dataclass(frozen=True, slots=True)
class Housekeeping:
    """Runs all chores every `every` seconds, in one process at a time."""

    database: Database
    retention: Retention = field(default_factory=Retention)
    every: float = _INTERVAL
    pause: float = _PAUSE
    media: MediaCleanup | None = None

    async def run(self) -> None:
        """Run until cancelled."""
        while True:
            # Not at the start, and not in step with other processes.
            await asyncio.sleep(self.every * random.uniform(0.5, 1))  # noqa: S311 jitter, no secret
            try:
                await self.run_once()
            except LeaseLostError:
                log.info("housekeeping.taken_over")
            except DATABASE_ERRORS as error:
                log.warning("housekeeping.database_away", error=type(error).__name__)

    async def run_once(self) -> dict[str, int]:
        """Run every chore once; return the numbers of deleted rows, {} if another process is at it.

        Raises LeaseLostError if another process took over.
        """
        token, now = new_id(), now_utc()
        if not await self.database.run(
            lambda tx: leases.take(tx, _LEASE_NAME, token, now, now + _LEASE_DURATION)
        ):
            return {}

        async def hold(tx: Transaction) -> None:
            if not await leases.renew(tx, _LEASE_NAME, token, now_utc() + _LEASE_DURATION):
                raise LeaseLostError(f"another process holds {_LEASE_NAME}")

        removed = {
            name: await run_chore(self.database, batch, now, first=hold, pause=self.pause)
            for name, batch in list_chores(self.retention).items()
        }
        if self.media is not None:
            files = await self.media.run_round(self.database, first=hold, pause=self.pause)
            removed["files"] = files
        await self.database.run(lambda tx: leases.release(tx, _LEASE_NAME, token))
        removed = {name: count for name, count in removed.items() if count}
        if removed:
            log.info(
                "housekeeping.done", **{name.replace(" ", "_"): n for name, n in removed.items()}
            )
        return removed
