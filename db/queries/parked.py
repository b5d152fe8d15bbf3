"""Read and change parked updates."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import count_changed, get_table
from db.ids import ChannelId
from db.queries.lists.keyset import PageDirection, build_page_by_id
from db.tables import Inbox, InboxState

inbox = get_table(Inbox)
_IS_PARKED = inbox.c.state == InboxState.PARKED


async def list_parked(
    tx: AsyncSession,
    *,
    way: PageDirection,
    beyond: int,
    limit: int,
    channel_id: ChannelId | None = None,
) -> list[Inbox]:
    """Read a page of parked updates and one more, newest first, starting beyond `beyond`."""
    # Only ids, from an index; whole updates are read for the shown rows only.
    ids = select(inbox.c.id).where(_IS_PARKED)
    if channel_id is not None:
        ids = ids.where(inbox.c.channel_id == channel_id)
    shape = build_page_by_id(ids, inbox.c.id, way=way)
    chosen = (await tx.scalars(shape, {"most": limit + 1, "start_id": beyond})).all()
    found = {row.id: row for row in await tx.scalars(select(Inbox).where(inbox.c.id.in_(chosen)))}
    return [found[each] for each in chosen if each in found]


async def find_parked(tx: AsyncSession, update_id: int) -> Inbox | None:
    """Read a parked update."""
    wanted = select(Inbox).where(inbox.c.id == update_id, _IS_PARKED)
    return (await tx.scalars(wanted)).first()


async def unpark(tx: AsyncSession, update_id: int, now: datetime) -> bool:
    """Make a parked update wait again as if it had just come; return False if it is not parked."""
    values = {"state": InboxState.PENDING, "attempts": 0, "due_at": now, "settled_at": None}
    return await _update_parked(tx, update_id, values)


async def settle_parked(tx: AsyncSession, update_id: int, reason: str, now: datetime) -> bool:
    """Settle a parked update with the reason; return False if it is not parked."""
    values = {"state": InboxState.DONE, "error": reason, "settled_at": now}
    return await _update_parked(tx, update_id, values)


async def _update_parked(tx: AsyncSession, update_id: int, values: dict[str, Any]) -> bool:
    parked = update(inbox).where(inbox.c.id == update_id, _IS_PARKED)
    result = await tx.execute(parked.values(**values))
    return count_changed(result) == 1
