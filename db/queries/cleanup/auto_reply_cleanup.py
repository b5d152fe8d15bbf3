"""Remove old answers of auto-reply rules in small batches: see db/queries/cleanup/cleanup.py."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.queries.cleanup.cleanup import CleanupBatch
from db.tables import AutoReplyFiring, FiringState, Session, SessionStatus

firings = get_table(AutoReplyFiring)
sessions = get_table(Session)


async def delete_old_firings(
    tx: AsyncSession, before: datetime, limit: int, after: str | None = None
) -> CleanupBatch:
    """Delete answers that were due before then; the messages that were sent stay.

    Those of open sessions stay: a rule may answer once in each session.
    """
    page = select(firings.c.id, firings.c.state, firings.c.due_at, sessions.c.status)
    page = page.join(sessions, sessions.c.id == firings.c.session_id)
    # Ids rise with the time of the message, so the page ends where the rows become young.
    found = await tx.execute(
        page.where(firings.c.id > (after or "")).order_by(firings.c.id).limit(limit)
    )
    rows = found.all()
    old = [
        row.id
        for row in rows
        if row.due_at < before
        and row.state is not FiringState.WAITING
        and row.status is SessionStatus.ENDED
    ]
    if old:
        await tx.execute(delete(firings).where(firings.c.id.in_(old)))
    is_more = len(rows) == limit and rows[-1].due_at < before
    return CleanupBatch(len(old), rows[-1].id if is_more else None)
