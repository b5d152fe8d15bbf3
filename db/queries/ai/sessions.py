"""Read and write what AI agents need to know of a session; its conversation is locked."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import ConversationId, MessageId, SessionId
from db.tables import AiSession, Direction, Message, SenderType

ai_sessions = get_table(AiSession)
messages = get_table(Message)


# Built once: each message on a channel with AI agents reads it.
_BY_ID = (
    select(AiSession)
    .where(ai_sessions.c.session_id == bindparam("session"))
    .execution_options(populate_existing=True)
)


async def find_ai_session(tx: AsyncSession, session_id: SessionId) -> AiSession | None:
    """Read the row of a session; None: no AI agent had to do with it."""
    return (await tx.scalars(_BY_ID, {"session": session_id})).first()


async def add_ai_session(tx: AsyncSession, session_id: SessionId, **values: Any) -> AiSession:
    """Add the row of a session that has none."""
    row = AiSession(session_id=session_id, **values)
    tx.add(row)
    await tx.flush()
    return row


async def update_ai_session(tx: AsyncSession, session_id: SessionId, **values: Any) -> None:
    """Change columns of a session's row."""
    await tx.execute(
        update(ai_sessions).where(ai_sessions.c.session_id == session_id).values(**values)
    )


async def read_last_sent_at(
    tx: AsyncSession, session_id: SessionId, sender: SenderType
) -> datetime | None:
    """Return when somebody of this kind wrote to the customer last in a session."""
    at: datetime | None = await tx.scalar(
        select(func.max(messages.c.created_at)).where(
            messages.c.session_id == session_id,
            messages.c.sender_type == sender,
            messages.c.direction == Direction.OUTBOUND,
        )
    )
    return at


async def delete_ai_sessions(tx: AsyncSession, session_ids: list[SessionId]) -> None:
    """Delete the rows of these sessions."""
    await tx.execute(delete(ai_sessions).where(ai_sessions.c.session_id.in_(session_ids)))


async def has_anybody_written(
    tx: AsyncSession, conversation_id: ConversationId, after: MessageId, human: SenderType
) -> bool:
    """Check whether the customer or a human agent has written since a message."""
    by_human = messages.c.sender_type == human
    is_said = messages.c.direction == Direction.OUTBOUND
    wanted = exists().where(
        messages.c.conversation_id == conversation_id,
        messages.c.id > after,
        or_(messages.c.direction == Direction.INBOUND, is_said & by_human),
    )
    return bool(await tx.scalar(select(wanted)))
