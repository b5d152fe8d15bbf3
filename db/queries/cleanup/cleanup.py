"""Find and remove old rows in small batches, so that no other transaction waits long.

Each function does one batch in the caller's transaction and says where the next one starts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import MessageId
from db.queues.oldest_rows import read_oldest_rows
from db.tables import (
    AiTokenBudget,
    AiTokenReservation,
    EarlyReceipt,
    IdempotencyKey,
    Inbox,
    InboxState,
    Job,
    JobState,
    Lane,
    LogIn,
    Message,
    Outbox,
    OutboxState,
    PasswordReset,
    Queue,
    RefreshToken,
    ReplyFile,
    User,
)

inbox = get_table(Inbox)
outbox = get_table(Outbox)
lanes = get_table(Lane)
log_ins = get_table(LogIn)
refresh_tokens = get_table(RefreshToken)
resets = get_table(PasswordReset)
users = get_table(User)
messages = get_table(Message)
early = get_table(EarlyReceipt)
keys = get_table(IdempotencyKey)
reply_files = get_table(ReplyFile)
jobs = get_table(Job)
budgets = get_table(AiTokenBudget)
reservations = get_table(AiTokenReservation)

# The start of a cleanup that has no position of its own.
_FROM_START = 0


@dataclass(frozen=True, slots=True)
class CleanupBatch:
    """What one batch removed, and where the next one starts; None: nothing is left."""

    removed: int
    after: Any


async def delete_settled_inbox(
    tx: AsyncSession, before: datetime, limit: int, after: int | None = None
) -> CleanupBatch:
    """Delete updates that were handled before then.

    Parked updates stay until someone has handled them.
    """
    there = inbox, inbox.c.received_at, {InboxState.DONE}
    return await _delete_settled(tx, *there, before=before, limit=limit, after=after or 0)


async def delete_settled_outbox(
    tx: AsyncSession, before: datetime, limit: int, after: int | None = None
) -> CleanupBatch:
    """Delete rows that were sent or refused before then; uncertain rows wait for their agent."""
    there = outbox, outbox.c.created_at, {OutboxState.DONE, OutboxState.FAILED}
    return await _delete_settled(tx, *there, before=before, limit=limit, after=after or 0)


async def _delete_settled(
    tx: AsyncSession,
    table: Table,
    came: Column[datetime],
    settled: set[Any],
    *,
    before: datetime,
    limit: int,
    after: int,
) -> CleanupBatch:
    """Go through the ids, oldest first, up to the rows that came after `before`.

    No index is needed.
    """
    page = select(table.c.id, table.c.state, table.c.settled_at, came.label("came"))
    found = await tx.execute(page.where(table.c.id > after).order_by(table.c.id).limit(limit + 1))
    # The newest row stays: SQLite would assign the ids of an empty table again.
    old = [row for row in found.all()[:-1] if row.came < before]
    ids = [row.id for row in old if row.state in settled and row.settled_at < before]
    if ids:
        still = table.c.state.in_(sorted(settled))
        await tx.execute(delete(table).where(table.c.id.in_(ids), still))
    return CleanupBatch(len(ids), old[-1].id if len(old) == limit else None)


async def delete_idle_lanes(
    tx: AsyncSession,
    queue: Queue,
    one_off: tuple[str, ...],
    limit: int,
    after: str | None = None,
) -> CleanupBatch:
    """Delete idle lanes: one-off lanes, and lanes of which no settled row is left.

    No wake-up is lost. A transaction that puts a row makes its lane due with an upsert. Either the
    upsert finds the lane that is being deleted here, and waits until it is gone; or it has made the
    lane due, and the lane is skipped here because it is locked or not idle.
    """
    page = select(lanes.c.lane, lanes.c.due_at, lanes.c.lease)
    there = and_(lanes.c.queue == queue, lanes.c.lane > (after or ""))
    rows = (await tx.execute(page.where(there).order_by(lanes.c.lane).limit(limit))).all()
    idle = [row.lane for row in rows if row.due_at is None and row.lease is None]
    once = [lane for lane in idle if lane.startswith(one_off)]
    unused = await _find_lanes_without_rows(
        tx, queue, [lane for lane in idle if lane not in set(once)]
    )
    removed = await _delete_if_idle(tx, queue, [*once, *unused])
    return CleanupBatch(removed, rows[-1].lane if len(rows) == limit else None)


async def _find_lanes_without_rows(tx: AsyncSession, queue: Queue, names: list[str]) -> list[str]:
    """Return the lanes that have no settled rows: they were last used long ago."""
    table = inbox if queue is Queue.INBOX else outbox
    kept = await read_oldest_rows(
        tx, table, columns=("id", "lane"), waiting="done", lanes=names, per_lane=1
    )
    return [name for name, rows in kept.items() if not rows]


async def _delete_if_idle(tx: AsyncSession, queue: Queue, names: list[str]) -> int:
    """Lock lanes by key, check them, and delete the idle ones.

    A query for idle lanes would make SQLite read all lanes.
    """
    if not names:
        return 0
    # Skips what others hold: a cleanup that waits would make others wait for what it holds.
    locking = (
        select(lanes.c.lane, lanes.c.due_at, lanes.c.lease)
        .where(lanes.c.queue == queue, lanes.c.lane.in_(names))
        .with_for_update(skip_locked=True)
    )
    idle = [
        row.lane for row in await tx.execute(locking) if row.due_at is None and row.lease is None
    ]
    if idle:
        await tx.execute(delete(lanes).where(lanes.c.queue == queue, lanes.c.lane.in_(idle)))
    return len(idle)


async def delete_expired_tokens(
    tx: AsyncSession, before: datetime, limit: int, after: int | None = None
) -> CleanupBatch:
    """Delete refresh tokens that expired before then."""
    _ = after  # the index leads to what is left
    expiry = refresh_tokens.c.expires_at
    ids = await _select_ids(tx, refresh_tokens, expiry < before, limit, order=expiry)
    if ids:
        await tx.execute(delete(refresh_tokens).where(refresh_tokens.c.id.in_(ids)))
    return _build_batch(len(ids), limit)


async def delete_expired_log_ins(
    tx: AsyncSession, before: datetime, limit: int, after: int | None = None
) -> CleanupBatch:
    """Delete log-ins that expired before then, with their remaining tokens."""
    _ = after
    expiry = log_ins.c.expires_at
    ids = await _select_ids(tx, log_ins, expiry < before, limit, order=expiry)
    if ids:
        await tx.execute(delete(refresh_tokens).where(refresh_tokens.c.log_in_id.in_(ids)))
        await tx.execute(delete(log_ins).where(log_ins.c.id.in_(ids)))
    return _build_batch(len(ids), limit)


async def delete_expired_resets(
    tx: AsyncSession, before: datetime, limit: int, after: int | None = None
) -> CleanupBatch:
    """Delete one-time links that expired before then."""
    _ = after
    expiry = resets.c.expires_at
    ids = await _select_ids(tx, resets, expiry < before, limit, order=expiry)
    if ids:
        await tx.execute(delete(resets).where(resets.c.id.in_(ids)))
    return _build_batch(len(ids), limit)


async def delete_old_keys(
    tx: AsyncSession, before: datetime, limit: int, after: int | None = None
) -> CleanupBatch:
    """Delete idempotency keys, with their first replies, that came before then."""
    _ = after
    came = keys.c.created_at
    page = select(keys.c.user_id, keys.c.key).where(came < before).order_by(came).limit(limit)
    found = (await tx.execute(page)).all()
    by_user: dict[object, list[str]] = {}
    for row in found:
        by_user.setdefault(row.user_id, []).append(row.key)
    for user_id, names in by_user.items():
        theirs = (keys.c.user_id == user_id) & keys.c.key.in_(names) & (came < before)
        await tx.execute(delete(keys).where(theirs))
    return _build_batch(len(found), limit)


async def delete_early_receipts(
    tx: AsyncSession, before: datetime, limit: int, after: int | None = None
) -> CleanupBatch:
    """Delete early receipts that came before then: their messages are unknown here."""
    _ = after
    came = early.c.created_at
    page = select(early.c.channel_id, early.c.provider_id).where(came < before).order_by(came)
    found = (await tx.execute(page.limit(limit))).all()
    by_channel: dict[object, list[str]] = {}
    for row in found:
        by_channel.setdefault(row.channel_id, []).append(row.provider_id)
    for channel_id, ids in by_channel.items():
        these = (early.c.channel_id == channel_id) & early.c.provider_id.in_(ids) & (came < before)
        await tx.execute(delete(early).where(these))
    return _build_batch(len(found), limit)


async def delete_settled_jobs(
    tx: AsyncSession, before: datetime, limit: int, after: str | None = None, *, state: JobState
) -> CleanupBatch:
    """Delete jobs that came into this final state before then."""
    _ = after
    old = (jobs.c.state == state) & (jobs.c.run_at < before) & (jobs.c.settled_at < before)
    ids = await _select_ids(tx, jobs, old, limit, order=jobs.c.run_at)
    if ids:
        await tx.execute(delete(jobs).where(jobs.c.id.in_(ids), jobs.c.state == state))
    return _build_batch(len(ids), limit)


async def clear_link_codes(
    tx: AsyncSession, before: datetime, limit: int, after: int | None = None
) -> CleanupBatch:
    """Delete one-time codes that expired before then."""
    _ = after
    expired = users.c.link_code_expires_at < before
    ids = await _select_ids(tx, users, expired, limit, order=users.c.id)
    if ids:
        await tx.execute(
            update(users)
            .where(users.c.id.in_(ids), expired)
            .values(link_code_hash=None, link_code_expires_at=None)
        )
    return _build_batch(len(ids), limit)


async def delete_old_budgets(
    tx: AsyncSession, before: datetime, limit: int, after: int | None = None
) -> CleanupBatch:
    """Delete the token counts that have not changed since then, and what is reserved in them."""
    _ = after
    old = select(budgets.c.budget).where(budgets.c.changed_at < before)
    names = list(await tx.scalars(old.order_by(budgets.c.changed_at).limit(limit)))
    if names:
        await tx.execute(delete(reservations).where(reservations.c.budget.in_(names)))
        await tx.execute(
            delete(budgets).where(budgets.c.budget.in_(names), budgets.c.changed_at < before)
        )
    return _build_batch(len(names), limit)


async def find_owners_of_files(tx: AsyncSession, ids: Sequence[MessageId]) -> set[MessageId]:
    """Return those of these ids that a message has, or a file of auto-replies."""
    found = set(await tx.scalars(select(messages.c.id).where(messages.c.id.in_(ids))))
    return found | set(await tx.scalars(select(reply_files.c.id).where(reply_files.c.id.in_(ids))))


async def _select_ids(
    tx: AsyncSession,
    table: Table,
    condition: ColumnElement[bool],
    limit: int,
    *,
    order: ColumnElement[Any],
) -> list[object]:
    found = await tx.execute(select(table.c.id).where(condition).order_by(order).limit(limit))
    return list(found.scalars())


def _build_batch(count: int, limit: int) -> CleanupBatch:
    return CleanupBatch(count, _FROM_START if count == limit else None)
