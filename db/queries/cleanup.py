"""What may go after a while, found and removed in small batches, so that nobody waits for it."""

from datetime import datetime

from sqlalchemy import ColumnElement, Table, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import table_of
from db.tables import (
    Conversation,
    Inbox,
    InboxState,
    Outbox,
    OutboxState,
    RefreshToken,
    Session,
    SessionStatus,
)

inbox = table_of(Inbox)
outbox = table_of(Outbox)
conversations = table_of(Conversation)
sessions = table_of(Session)
refresh_tokens = table_of(RefreshToken)


async def delete_settled_inbox(tx: AsyncSession, before: datetime, limit: int) -> int:
    """Delete updates handled before then; parked ones stay until somebody has seen to them."""
    done = (inbox.c.state == InboxState.DONE) & (inbox.c.settled_at < before)
    return await _delete(tx, inbox, done, limit)


async def delete_settled_outbox(tx: AsyncSession, before: datetime, limit: int) -> int:
    """Delete what was sent or refused before then; what is uncertain waits for its agent."""
    settled = outbox.c.state.in_([OutboxState.DONE, OutboxState.FAILED])
    return await _delete(tx, outbox, settled & (outbox.c.settled_at < before), limit)


async def delete_expired_tokens(tx: AsyncSession, before: datetime, limit: int) -> int:
    """Delete refresh tokens that expired before then."""
    return await _delete(tx, refresh_tokens, refresh_tokens.c.expires_at < before, limit)


async def archive_conversations(tx: AsyncSession, before: datetime, limit: int) -> int:
    """Mark as inactive what nobody wrote in since then; an open session keeps its conversation."""
    open_session = (
        select(sessions.c.id)
        .where(
            sessions.c.conversation_id == conversations.c.id,
            sessions.c.status == SessionStatus.ACTIVE,
        )
        .exists()
    )
    last = func.coalesce(conversations.c.last_message_at, conversations.c.created_at)
    still = conversations.c.is_active & (last < before) & ~open_session
    ids = await _ids(tx, conversations, still, limit)
    if ids:
        chosen = conversations.c.id.in_(ids)
        await tx.execute(update(conversations).where(chosen).values(is_active=False))
    return len(ids)


async def _delete(
    tx: AsyncSession, table: Table, condition: ColumnElement[bool], limit: int
) -> int:
    ids = await _ids(tx, table, condition, limit)
    if ids:
        await tx.execute(delete(table).where(table.c.id.in_(ids)))
    return len(ids)


async def _ids(
    tx: AsyncSession, table: Table, condition: ColumnElement[bool], limit: int
) -> list[object]:
    # In the order of ids the oldest come first: the search ends where the young ones begin.
    found = await tx.execute(select(table.c.id).where(condition).order_by(table.c.id).limit(limit))
    return list(found.scalars())
