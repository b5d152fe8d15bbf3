"""Remove old turns and logs of AI agents in small batches: see db/queries/cleanup/cleanup.py."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.queries.cleanup.cleanup import CleanupBatch
from db.tables import AiConversationLog, AiTurn

turns = get_table(AiTurn)
logs = get_table(AiConversationLog)

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


async def delete_old_logs(
    tx: AsyncSession, before: datetime, limit: int, after: int | None = None
) -> CleanupBatch:
    """Delete the logs of questions from before then; the messages stay."""
    _ = after  # the oldest rows always come first
    old = logs.c.created_at < before
    page = select(logs.c.id).where(old).order_by(logs.c.created_at).limit(limit)
    ids = list(await tx.scalars(page))
    if ids:
        await tx.execute(delete(logs).where(logs.c.id.in_(ids)))
    return CleanupBatch(len(ids), _FROM_START if len(ids) == limit else None)
