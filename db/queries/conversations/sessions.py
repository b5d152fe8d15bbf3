"""Open, assign, end, reopen and list sessions. Each change is a compare-and-set."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import count_changed, get_table
from db.ids import AgentId, ChannelId, ConversationId, SessionId, new_id
from db.queries.conversations.threads import Thread
from db.tables import Conversation, Session, SessionStatus

sessions = get_table(Session)
conversations = get_table(Conversation)


@dataclass(frozen=True, slots=True)
class SessionRef:
    """A session with its conversation and channel."""

    session_id: SessionId
    conversation_id: ConversationId
    channel_id: ChannelId


async def open_session(
    tx: AsyncSession, thread: Thread, cs_id: AgentId | None, now: datetime
) -> SessionId:
    """Open the thread's next session; the database refuses a second ACTIVE one."""
    session_id = SessionId(new_id())
    number = thread.session_count + 1
    await tx.execute(
        insert(sessions).values(
            id=session_id,
            conversation_id=thread.conversation_id,
            client_id=thread.client_id,
            cs_id=cs_id,
            number=number,
            status=SessionStatus.ACTIVE,
            created_at=now,
        )
    )
    await tx.execute(
        update(conversations)
        .where(conversations.c.id == thread.conversation_id)
        .values(session_count=number, assigned_agent_id=cs_id, is_active=True)
    )
    return session_id


async def assign_session(
    tx: AsyncSession, session_id: SessionId, agent_id: AgentId | None, *, held_by: AgentId | None
) -> bool:
    """Assign an open session to an agent (or to nobody) if `held_by` still holds it."""
    holder = sessions.c.cs_id.is_(None) if held_by is None else sessions.c.cs_id == held_by
    result = await tx.execute(
        update(sessions)
        .where(sessions.c.id == session_id, sessions.c.status == SessionStatus.ACTIVE, holder)
        .values(cs_id=agent_id)
    )
    if count_changed(result) != 1:
        return False
    await tx.execute(
        update(conversations)
        .where(
            conversations.c.id
            == select(sessions.c.conversation_id)
            .where(sessions.c.id == session_id)
            .scalar_subquery()
        )
        .values(assigned_agent_id=agent_id)
    )
    return True


async def end_session(tx: AsyncSession, thread: Thread, now: datetime) -> bool:
    """End the thread's open session; return False if it had ended already."""
    result = await tx.execute(
        update(sessions)
        .where(sessions.c.id == thread.session_id, sessions.c.status == SessionStatus.ACTIVE)
        .values(status=SessionStatus.ENDED, ended_at=now)
    )
    if count_changed(result) != 1:
        return False
    await tx.execute(
        update(conversations)
        .where(conversations.c.id == thread.conversation_id)
        .values(assigned_agent_id=None, unread_count=0)
    )
    return True


async def reopen_session(
    tx: AsyncSession, thread: Thread, session_id: SessionId, cs_id: AgentId | None
) -> datetime | None:
    """Reopen the thread's last session and return when it was opened; None if it is not ended."""
    last = sessions.c.id == session_id, sessions.c.number == thread.session_count
    result = await tx.execute(
        update(sessions)
        .where(*last, sessions.c.status == SessionStatus.ENDED)
        .values(status=SessionStatus.ACTIVE, ended_at=None, cs_id=cs_id)
    )
    if count_changed(result) != 1:
        return None
    await tx.execute(
        update(conversations)
        .where(conversations.c.id == thread.conversation_id)
        .values(assigned_agent_id=cs_id, is_active=True)
    )
    since: datetime | None = await tx.scalar(select(sessions.c.created_at).where(last[0]))
    return since


async def list_waiting(tx: AsyncSession, *, most: int) -> list[SessionRef]:
    """List the sessions that wait for an agent, longest first."""
    rows = await tx.execute(
        select(sessions.c.id, sessions.c.conversation_id, conversations.c.channel_id)
        .join(conversations, conversations.c.id == sessions.c.conversation_id)
        .where(sessions.c.status == SessionStatus.ACTIVE, sessions.c.cs_id.is_(None))
        .order_by(sessions.c.created_at, sessions.c.id)
        .limit(most)
    )
    return [SessionRef(*row) for row in rows]


async def count_waiting(tx: AsyncSession) -> int:
    """Count the sessions that wait for an agent."""
    return (
        await tx.scalar(
            select(func.count())
            .select_from(sessions)
            .where(sessions.c.status == SessionStatus.ACTIVE, sessions.c.cs_id.is_(None))
        )
        or 0
    )


async def list_held_by(tx: AsyncSession, agent_id: AgentId) -> list[SessionRef]:
    """List the open sessions that an agent holds, oldest first."""
    rows = await tx.execute(
        select(sessions.c.id, sessions.c.conversation_id, conversations.c.channel_id)
        .join(conversations, conversations.c.id == sessions.c.conversation_id)
        .where(sessions.c.status == SessionStatus.ACTIVE, sessions.c.cs_id == agent_id)
        .order_by(sessions.c.created_at)
    )
    return [SessionRef(*row) for row in rows]
