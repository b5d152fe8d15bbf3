"""Remove old turns of AI agents in small batches: see db/queries/cleanup/cleanup.py."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.queries.cleanup.cleanup import CleanupBatch
from db.tables import AiTurn

turns = get_table(AiTurn)

_FROM_START = 0


async def delete_old_turns(
    tx: AsyncSession, before: datetime, limit: int, after: int | None = None
) -> CleanupBatch:
    """Delete turns that were opened before then; the log of AI answers keeps what came of them."""
    _ = after  # the oldest rows always come first
    old = turns.c.created_at < before
    page = select(turns.c.id).where(old).order_by(turns.c.created_at).limit(limit)
    ids = list(await tx.scalars(page))
    if ids:
        await tx.execute(delete(turns).where(turns.c.id.in_(ids), old))
    return CleanupBatch(len(ids), _FROM_START if len(ids) == limit else None)
