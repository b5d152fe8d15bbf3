"""Removes what is settled long ago, while the desk works: small batches with pauses between them.

What is parked or uncertain stays until somebody has seen to it; nothing said is ever deleted.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.errors import DATABASE_ERRORS
from db.ids import new_id
from db.queries.cleanup import cleanup, event_cleanup
from db.queries.cleanup.cleanup import CleanupBatch
from db.queues import leases
from db.queues.lanes import LeaseLostError
from db.tables import Queue
from db.tables.base import now_utc
from desk.lanes import ONE_OFF
from desk.media.cleanup import MediaSweep

log = structlog.get_logger(__name__)

# Longer than any provider repeats an update: a duplicate is known as one until then.
SETTLED_FOR = timedelta(days=7)
# Whoever listened was away for longer than a weekend: they read everything anew.
_EVENTS_FOR = timedelta(days=3)
# What was under way to a webhook when it was deleted is settled by then.
_A_MOMENT = timedelta(minutes=5)
_CODES_FOR = timedelta(days=1)
# As long as api/routing/idempotency.py answers by them, and a little longer.
_KEYS_FOR = timedelta(days=1, hours=1)
_EVERY = 300.0
_LEASE_NAME = "housekeeping"
# Far longer than a batch: who holds it that long is dead.
_LEASE = timedelta(seconds=60)
# Rows and lanes to a transaction: on SQLite everybody else waits for it, some 10 milliseconds.
_ROWS, _LANES = 100, 100
_PAUSE = 0.05
# Of the time that passes, at most a fraction of this is spent on batches.
_REST = 10


class Batch(Protocol):
    """One short piece of a chore: `after` is where the one before it ended."""

    def __call__(self, tx: AsyncSession, now: datetime, after: Any) -> Awaitable[CleanupBatch]: ...


Around = Callable[[AsyncSession], Awaitable[None]]


def chores() -> Mapping[str, Batch]:
    """List what there is to do, each by the name of what it removes."""
    idle = {
        f"idle {queue} lanes": partial(_idle_lanes, queue=queue)
        for queue in (Queue.INBOX, Queue.CUSTOMER, Queue.STAFF, Queue.BACKGROUND)
    }
    return {
        "handled updates": _older(SETTLED_FOR, cleanup.delete_settled_inbox, _ROWS),
        "settled deliveries": _older(SETTLED_FOR, cleanup.delete_settled_outbox, _ROWS),
        "expired refresh tokens": _older(SETTLED_FOR, cleanup.delete_expired_tokens, _ROWS),
        "expired log-ins": _older(SETTLED_FOR, cleanup.delete_expired_log_ins, _ROWS),
        "expired one-time links": _older(_CODES_FOR, cleanup.delete_expired_resets, _ROWS),
        "old keys of sends": _older(_KEYS_FOR, cleanup.delete_old_keys, _ROWS),
        "receipts of nothing": _older(_CODES_FOR, cleanup.delete_early_receipts, _ROWS),
        "expired link codes": _older(_CODES_FOR, cleanup.clear_link_codes, _ROWS),
        "old events": _older(_EVENTS_FOR, event_cleanup.delete_old_events, _ROWS),
        "told webhooks": _older(SETTLED_FOR, event_cleanup.delete_settled_deliveries, _ROWS),
        "deleted webhooks": _older(_A_MOMENT, event_cleanup.delete_deleted_webhooks, _ROWS),
        **idle,
    }


def _older(age: timedelta, work: Callable[..., Awaitable[CleanupBatch]], limit: int) -> Batch:
    async def batch(tx: AsyncSession, now: datetime, after: Any) -> CleanupBatch:
        return await work(tx, now - age, limit, after)

    return batch


async def _idle_lanes(tx: AsyncSession, now: datetime, after: Any, *, queue: Queue) -> CleanupBatch:
    _ = now
    return await cleanup.delete_idle_lanes(tx, queue, ONE_OFF, _LANES, after)


async def _nothing(tx: AsyncSession) -> None:
    _ = tx


async def sweep(
    database: Database,
    batch: Batch,
    now: datetime,
    *,
    first: Around = _nothing,
    pause: float = 0.0,
) -> int:
    """Do a chore to its end, `first` within each transaction; returns how much was removed.

    `pause`: seconds between batches, longer where batches take long.
    """
    total, after = 0, None
    while True:

        async def work(tx: AsyncSession, after: Any = after) -> CleanupBatch:
            await first(tx)
            return await batch(tx, now, after)

        began = time.monotonic()
        swept = await database.run(work)
        total, after = total + swept.removed, swept.after
        if after is None:
            return total
        await asyncio.sleep(max(pause, _REST * (time.monotonic() - began)) if pause else 0)


@dataclass(frozen=True, slots=True)
class Housekeeping:
    """Keeps house now and then, as long as no other process does; `every` is in seconds."""

    database: Database
    every: float = _EVERY
    pause: float = _PAUSE
    media: MediaSweep | None = None

    async def run(self) -> None:
        """Keep house for ever; end it by cancelling."""
        while True:
            # Not at the start, and not in step with other processes.
            await asyncio.sleep(self.every * random.uniform(0.5, 1))  # noqa: S311 jitter, no secret
            try:
                await self.keep_house()
            except LeaseLostError:
                log.info("housekeeping.taken_over")
            except DATABASE_ERRORS as error:
                log.warning("housekeeping.database_away", error=type(error).__name__)

    async def keep_house(self) -> dict[str, int]:
        """Do every chore once; returns what was removed, nothing while another process is at it.

        Raises LeaseLostError when another process took it over.
        """
        token, now = new_id(), now_utc()
        if not await self.database.run(
            lambda tx: leases.take(tx, _LEASE_NAME, token, now, now + _LEASE)
        ):
            return {}

        async def hold(tx: AsyncSession) -> None:
            if not await leases.renew(tx, _LEASE_NAME, token, now_utc() + _LEASE):
                raise LeaseLostError(f"another process holds {_LEASE_NAME}")

        removed = {
            name: await sweep(self.database, batch, now, first=hold, pause=self.pause)
            for name, batch in chores().items()
        }
        if self.media is not None:
            files = await self.media.round(self.database, first=hold, pause=self.pause)
            removed["files"] = files
        await self.database.run(lambda tx: leases.release(tx, _LEASE_NAME, token))
        removed = {name: count for name, count in removed.items() if count}
        if removed:
            log.info(
                "housekeeping.done", **{name.replace(" ", "_"): n for name, n in removed.items()}
            )
        return removed
