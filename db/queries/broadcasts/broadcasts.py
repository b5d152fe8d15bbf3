"""Read and change broadcasts."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import BroadcastId
from db.queries.lists.keyset import PageStart, paginate
from db.tables import Broadcast, BroadcastRecipient, BroadcastState, RecipientState

broadcasts = get_table(Broadcast)
recipients = get_table(BroadcastRecipient)


async def add_broadcast(tx: AsyncSession, broadcast: Broadcast) -> None:
    """Add a broadcast."""
    tx.add(broadcast)
    await tx.flush()


async def find_broadcast(
    tx: AsyncSession, broadcast_id: BroadcastId, *, lock: bool = False
) -> Broadcast | None:
    """Read a broadcast; with `lock`, no other transaction changes or claims it until the end."""
    this = select(Broadcast).where(broadcasts.c.id == broadcast_id)
    if lock:
        this = this.with_for_update().execution_options(populate_existing=True)
    return (await tx.scalars(this)).first()


async def list_broadcasts(
    tx: AsyncSession,
    *,
    start: PageStart | None,
    limit: int,
    state: BroadcastState | None = None,
) -> list[Broadcast]:
    """Read a page of broadcasts and one more, newest first."""
    statement: Select[Any] = select(Broadcast)
    if state is not None:
        statement = statement.where(broadcasts.c.state == state)
    at, row_id = broadcasts.c.created_at, broadcasts.c.id
    return list((await tx.scalars(paginate(statement, at, row_id, start=start, limit=limit))).all())


async def update_broadcast(tx: AsyncSession, broadcast_id: BroadcastId, **changes: Any) -> None:
    """Set columns of a broadcast."""
    await tx.execute(update(broadcasts).where(broadcasts.c.id == broadcast_id).values(**changes))


async def count_recipients(
    tx: AsyncSession, ids: Collection[BroadcastId]
) -> Mapping[BroadcastId, Mapping[RecipientState, int]]:
    """Count the recipients of each of these broadcasts by state."""
    counted = (
        select(recipients.c.broadcast_id, recipients.c.state, func.count())
        .where(recipients.c.broadcast_id.in_(sorted(ids)))
        .group_by(recipients.c.broadcast_id, recipients.c.state)
    )
    found: dict[BroadcastId, dict[RecipientState, int]] = {}
    for broadcast_id, state, many in await tx.execute(counted):
        found.setdefault(broadcast_id, {})[state] = many
    return found


async def count_recipients_of(
    tx: AsyncSession, broadcast_id: BroadcastId
) -> Mapping[RecipientState, int]:
    """Count the recipients of a broadcast by state."""
    return (await count_recipients(tx, [broadcast_id])).get(broadcast_id, {})


async def read_states(
    tx: AsyncSession, ids: Collection[BroadcastId]
) -> Mapping[BroadcastId, BroadcastState]:
    """Read the states of broadcasts, which then cannot change before the transaction ends.

    Those that another transaction is changing at this moment are left out.
    """
    wanted = select(broadcasts.c.id, broadcasts.c.state).where(broadcasts.c.id.in_(sorted(ids)))
    rows = await tx.execute(wanted.with_for_update(read=True, skip_locked=True))
    return {row.id: row.state for row in rows}
