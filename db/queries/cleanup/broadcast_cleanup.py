"""Remove old broadcasts in small batches: see db/queries/cleanup/cleanup.py."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.queries.cleanup.cleanup import CleanupBatch
from db.tables import Broadcast, BroadcastRecipient

broadcasts = get_table(Broadcast)
recipients = get_table(BroadcastRecipient)

_FROM_START = 0


async def delete_old_broadcasts(
    tx: AsyncSession, before: datetime, limit: int, after: int | None = None
) -> CleanupBatch:
    """Delete the oldest broadcast that ended before then, its recipients first.

    The messages stay in the conversations.
    """
    _ = after  # the oldest always comes first
    old = select(broadcasts.c.id).where(broadcasts.c.ended_at < before)
    broadcast_id = await tx.scalar(old.order_by(broadcasts.c.id).limit(1))
    if broadcast_id is None:
        return CleanupBatch(0, None)
    its = recipients.c.broadcast_id == broadcast_id
    ids = list(await tx.scalars(select(recipients.c.client_id).where(its).limit(limit)))
    if ids:
        await tx.execute(delete(recipients).where(its, recipients.c.client_id.in_(ids)))
    else:
        await tx.execute(delete(broadcasts).where(broadcasts.c.id == broadcast_id))
    return CleanupBatch(len(ids) or 1, _FROM_START)
