"""Write who holds a session: on the session, in the agents' numbers of sessions, as a handover.

Only desk/conversations/holders.py calls these. Each change of a session is a compare-and-set.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import count_changed, get_table
from db.ids import AgentId, SessionId, new_id
from db.queries.conversations.threads import Thread
from db.tables import (
    Agent,
    Conversation,
    ConversationHandover,
    Priority,
    Session,
    SessionStatus,
)

agents = get_table(Agent)
conversations = get_table(Conversation)
handovers = get_table(ConversationHandover)
sessions = get_table(Session)

# As long as the column.
_MAX_NAME = 120


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
            changed_at=now,
            first_held_at=now if cs_id else None,
            reopen_count=0,
            priority=Priority.NORMAL,
        )
    )
    await tx.execute(
        update(conversations)
        .where(conversations.c.id == thread.conversation_id)
        .values(session_count=number, assigned_agent_id=cs_id, is_active=True)
    )
    return session_id


async def assign_session(
    tx: AsyncSession,
    session_id: SessionId,
    agent_id: AgentId | None,
    *,
    held_by: AgentId | None,
    now: datetime,
) -> bool:
    """Assign an open session to an agent (or to nobody) if `held_by` still holds it."""
    holder = sessions.c.cs_id.is_(None) if held_by is None else sessions.c.cs_id == held_by
    result = await tx.execute(
        update(sessions)
        .where(sessions.c.id == session_id, sessions.c.status == SessionStatus.ACTIVE, holder)
        .values(cs_id=agent_id, changed_at=now, snoozed_until=None, **_first_held(agent_id, now))
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
        .values(status=SessionStatus.ENDED, ended_at=now, snoozed_until=None)
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
    tx: AsyncSession, thread: Thread, session_id: SessionId, cs_id: AgentId | None, now: datetime
) -> datetime | None:
    """Reopen the thread's last session and return when it was opened; None if it is not ended."""
    last = sessions.c.id == session_id, sessions.c.number == thread.session_count
    result = await tx.execute(
        update(sessions)
        .where(*last, sessions.c.status == SessionStatus.ENDED)
        .values(
            status=SessionStatus.ACTIVE,
            ended_at=None,
            cs_id=cs_id,
            changed_at=now,
            reopen_count=sessions.c.reopen_count + 1,
            **_first_held(cs_id, now),
        )
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


def _first_held(agent_id: AgentId | None, now: datetime) -> dict[str, Any]:
    return {"first_held_at": func.coalesce(sessions.c.first_held_at, now)} if agent_id else {}


async def increment_active_sessions(
    tx: AsyncSession, agent_id: AgentId, now: datetime, *, seen: int | None = None
) -> bool:
    """Count one more session for an agent; with `seen`, only if the count is still `seen`."""
    held = agents.c.id == agent_id
    if seen is not None:
        held = and_(held, agents.c.active_sessions == seen)
    result = await tx.execute(
        update(agents)
        .where(held)
        .values(active_sessions=agents.c.active_sessions + 1, last_assigned_at=now)
    )
    return count_changed(result) == 1


async def decrement_active_sessions(tx: AsyncSession, agent_id: AgentId) -> None:
    """Count one session less for an agent."""
    await tx.execute(
        update(agents)
        .where(agents.c.id == agent_id, agents.c.active_sessions > 0)
        .values(active_sessions=agents.c.active_sessions - 1)
    )


async def add_handover(
    tx: AsyncSession,
    thread: Thread,
    *,
    to: AgentId | None,
    by: AgentId | None,
    by_name: str,
    reason: str | None,
    now: datetime,
) -> None:
    """Record that the thread's session goes from its holder to another agent, or to nobody."""
    await tx.execute(
        insert(handovers).values(
            id=new_id(),
            conversation_id=thread.conversation_id,
            session_id=thread.session_id,
            from_agent_id=thread.holder_id,
            to_agent_id=to,
            by_agent_id=by,
            by_name=by_name[:_MAX_NAME],
            reason=reason,
            created_at=now,
        )
    )
