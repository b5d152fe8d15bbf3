"""List sessions."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, exists, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import AgentId, ChannelId, ConversationId, SessionId, TagId
from db.tables import ChannelAgent, Conversation, Priority, Session, SessionStatus, SessionTag

sessions = get_table(Session)
conversations = get_table(Conversation)
channel_agents = get_table(ChannelAgent)
session_tags = get_table(SessionTag)
_RANKS = {Priority.URGENT: 0, Priority.HIGH: 1, Priority.NORMAL: 2, Priority.LOW: 3}
_RANK = case(_RANKS, value=sessions.c.priority)


@dataclass(frozen=True, slots=True)
class SessionRef:
    """A session with its conversation and channel."""

    session_id: SessionId
    conversation_id: ConversationId
    channel_id: ChannelId


async def list_waiting(
    tx: AsyncSession,
    *,
    most: int,
    for_agent: AgentId | None = None,
    channel: ChannelId | None = None,
    tag: TagId | None = None,
) -> list[SessionRef]:
    """List the sessions that wait for an agent, by priority, longest first.

    `for_agent`: only those on channels that this agent serves. `channel`, `tag`: only those on this
    channel, or with this tag.
    """
    wanted = (
        select(sessions.c.id, sessions.c.conversation_id, conversations.c.channel_id)
        .join(conversations, conversations.c.id == sessions.c.conversation_id)
        .where(sessions.c.status == SessionStatus.ACTIVE, sessions.c.cs_id.is_(None))
        .order_by(_RANK, sessions.c.created_at, sessions.c.id)
        .limit(most)
    )
    if for_agent is not None:
        here = channel_agents.c.channel_id == conversations.c.channel_id
        is_mine = exists().where(here, channel_agents.c.agent_id == for_agent)
        wanted = wanted.where(or_(is_mine, ~exists().where(here)))
    if channel is not None:
        wanted = wanted.where(conversations.c.channel_id == channel)
    if tag is not None:
        wanted = wanted.join(session_tags, session_tags.c.session_id == sessions.c.id)
        wanted = wanted.where(session_tags.c.tag_id == tag)
    rows = await tx.execute(wanted)
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


async def find_place(
    tx: AsyncSession, session_id: SessionId, priority: Priority, since: datetime
) -> int:
    """Return the place in the queue of a waiting session that was opened at `since`."""
    mine = literal(_RANKS[priority])
    is_older = or_(
        sessions.c.created_at < since,
        and_(sessions.c.created_at == since, sessions.c.id <= session_id),
    )
    wanted = (
        select(func.count())
        .select_from(sessions)
        .where(
            sessions.c.status == SessionStatus.ACTIVE,
            sessions.c.cs_id.is_(None),
            or_(mine > _RANK, and_(mine == _RANK, is_older)),
        )
    )
    return max(1, await tx.scalar(wanted) or 0)


async def find_last_ended(
    tx: AsyncSession, conversation_id: ConversationId, number: int, since: datetime
) -> tuple[SessionId, AgentId | None] | None:
    """Find the session with this number and who held it, if it ended after `since`."""
    wanted = select(sessions.c.id, sessions.c.cs_id).where(
        sessions.c.conversation_id == conversation_id,
        sessions.c.number == number,
        sessions.c.status == SessionStatus.ENDED,
        sessions.c.ended_at > since,
    )
    row = (await tx.execute(wanted)).first()
    return (row[0], row[1]) if row else None


async def list_held_by(tx: AsyncSession, agent_id: AgentId) -> list[SessionRef]:
    """List the open sessions that an agent holds, oldest first."""
    rows = await tx.execute(
        select(sessions.c.id, sessions.c.conversation_id, conversations.c.channel_id)
        .join(conversations, conversations.c.id == sessions.c.conversation_id)
        .where(sessions.c.status == SessionStatus.ACTIVE, sessions.c.cs_id == agent_id)
        .order_by(sessions.c.created_at)
    )
    return [SessionRef(*row) for row in rows]
