"""Count what waits and since when, from indices alone and never more than `MAX_COUNTED` rows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.tables import Inbox, InboxState, Outbox, OutboxState, RateLimitBackoff

inbox = get_table(Inbox)
outbox = get_table(Outbox)
backoffs = get_table(RateLimitBackoff)

# A count of this size means: that many or more.
MAX_COUNTED = 200_000
_OPEN = (OutboxState.PENDING, OutboxState.SENDING)


@dataclass(frozen=True, slots=True)
class QueueDepth:
    """Rows that wait now, rows for later, and since when the oldest waiting row waits."""

    rows: int = 0
    later: int = 0
    since: datetime | None = None


async def count_waiting_updates(tx: AsyncSession, now: datetime) -> QueueDepth:
    """Count the updates that wait; a timer whose time has not come counts as later."""
    some = (
        select(inbox.c.due_at)
        .where(inbox.c.state == InboxState.PENDING)
        .limit(MAX_COUNTED)
        .subquery()
    )
    is_due = case((some.c.due_at <= now, 1))
    counts = select(func.count(is_due), func.count(), func.min(some.c.due_at)).select_from(some)
    due, everything, first = (await tx.execute(counts)).one()
    return QueueDepth(due, everything - due, first if due else None)


async def count_waiting_deliveries(tx: AsyncSession, prefix: str) -> QueueDepth:
    """Count the deliveries that wait in the lanes whose names begin with `prefix` and a colon."""
    lane = and_(outbox.c.lane >= f"{prefix}:", outbox.c.lane < f"{prefix};")
    total, oldest = 0, []
    for state in _OPEN:
        some = (
            select(outbox.c.id).where(outbox.c.state == state, lane).limit(MAX_COUNTED).subquery()
        )
        counts = select(func.count(), func.min(some.c.id)).select_from(some)
        rows, first = (await tx.execute(counts)).one()
        total += rows
        oldest.append(first)
    first_ids = [each for each in oldest if each is not None]
    came = await tx.execute(select(outbox.c.created_at).where(outbox.c.id.in_(first_ids)))
    return QueueDepth(total, 0, min(came.scalars(), default=None))


async def list_waiting_reasons(tx: AsyncSession, limit: int) -> list[str]:
    """List some different reasons for which deliveries that wait have failed so far."""
    waits = and_(outbox.c.state == OutboxState.PENDING, outbox.c.error.is_not(None))
    some = select(outbox.c.error).where(waits).limit(MAX_COUNTED).subquery()
    found = await tx.scalars(select(some.c.error).distinct().order_by(some.c.error).limit(limit))
    return list(found)


async def count_parked_updates(tx: AsyncSession) -> int:
    """Count the parked updates."""
    return await _count(tx, inbox, inbox.c.state == InboxState.PARKED)


async def count_uncertain_deliveries(tx: AsyncSession) -> int:
    """Count the answers that may or may not have arrived."""
    return await _count(tx, outbox, outbox.c.state == OutboxState.UNCERTAIN)


async def count_backoffs(tx: AsyncSession, now: datetime) -> int:
    """Count the rate-limit keys that are closed (429) now."""
    return await _count(tx, backoffs, backoffs.c.until > now)


async def _count(tx: AsyncSession, table: Any, condition: Any) -> int:
    some = select(table.c[0]).where(condition).limit(MAX_COUNTED).subquery()
    return int((await tx.execute(select(func.count()).select_from(some))).scalar_one())
