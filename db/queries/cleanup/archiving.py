"""Archive silent conversations in small batches: see db/queries/cleanup/cleanup.py."""

from datetime import datetime

from sqlalchemy import select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import count_changed, get_table
from db.queries.cleanup.cleanup import CleanupBatch
from db.tables import Conversation, Session, SessionStatus

conversations = get_table(Conversation)
sessions = get_table(Session)

_FROM_START = 0
_HAS_OPEN_SESSION = (
    select(sessions.c.id)
    .where(
        sessions.c.conversation_id == conversations.c.id,
        sessions.c.status == SessionStatus.ACTIVE,
    )
    .exists()
)


async def archive_conversations(
    tx: AsyncSession, before: datetime, limit: int, after: int | None = None
) -> CleanupBatch:
    """Archive conversations that have no message since then and no open session.

    The customer's next message brings a conversation back (`update_unread`), and so does an agent
    who gets it (`set_holder`).
    """
    _ = after  # the index leads to what is left
    # `= true`, not `IS true`: MySQL uses no index for that.
    silent = (conversations.c.is_active == true()) & (conversations.c.last_message_at < before)
    due = silent & ~_HAS_OPEN_SESSION
    page = select(conversations.c.id).where(due)
    ids = list(await tx.scalars(page.order_by(conversations.c.last_message_at).limit(limit)))
    if not ids:
        return CleanupBatch(0, None)
    # Asked again: a customer may have written meanwhile.
    archived = update(conversations).where(conversations.c.id.in_(ids), due)
    count = count_changed(await tx.execute(archived.values(is_active=False)))
    return CleanupBatch(count, _FROM_START if len(ids) == limit and count else None)
