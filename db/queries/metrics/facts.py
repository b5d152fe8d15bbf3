"""Read what the figures of sessions are counted from: sessions, messages and handovers."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import AgentId, ChannelId, ConversationId, MessageId, SessionId
from db.tables import (
    NOT_SENT,
    Conversation,
    ConversationHandover,
    Direction,
    Message,
    SenderType,
    Session,
)

conversations = get_table(Conversation)
handovers = get_table(ConversationHandover)
messages = get_table(Message)
sessions = get_table(Session)


@dataclass(frozen=True, slots=True)
class CountedMessage:
    """A message that counts: the customer's, or an answer that was sent."""

    at: datetime
    message_id: MessageId
    sender: SenderType
    author_id: AgentId | None


@dataclass(slots=True)
class SessionFacts:
    """What is stored of one session."""

    session_id: SessionId
    conversation_id: ConversationId
    channel_id: ChannelId
    agent_id: AgentId | None
    opened_at: datetime
    ended_at: datetime | None
    first_held_at: datetime | None
    reopen_count: int
    handover_count: int = 0
    # In the order in which they were sent.
    messages: list[CountedMessage] = field(default_factory=list)


async def read_facts(tx: AsyncSession, ids: Sequence[SessionId]) -> list[SessionFacts]:
    """Read what is stored of these sessions."""
    rows = await tx.execute(
        select(
            sessions.c.id,
            sessions.c.conversation_id,
            conversations.c.channel_id,
            sessions.c.cs_id,
            sessions.c.created_at,
            sessions.c.ended_at,
            sessions.c.first_held_at,
            sessions.c.reopen_count,
        )
        .join(conversations, conversations.c.id == sessions.c.conversation_id)
        .where(sessions.c.id.in_(ids))
    )
    found = [SessionFacts(*row) for row in rows]
    handed_over = await _count_handovers(tx, ids)
    said = await _list_messages(tx, ids)
    for each in found:
        each.handover_count = handed_over.get(each.session_id, 0)
        each.messages = sorted(said[each.session_id], key=lambda said: (said.at, said.message_id))
    return found


async def _count_handovers(tx: AsyncSession, ids: Sequence[SessionId]) -> dict[SessionId, int]:
    rows = await tx.execute(
        select(handovers.c.session_id, func.count())
        .where(handovers.c.session_id.in_(ids))
        .group_by(handovers.c.session_id)
    )
    return {row[0]: row[1] for row in rows}


async def _list_messages(
    tx: AsyncSession, ids: Sequence[SessionId]
) -> dict[SessionId, list[CountedMessage]]:
    rows = await tx.execute(
        select(
            messages.c.session_id,
            func.coalesce(messages.c.released_at, messages.c.created_at, type_=_TIME),
            messages.c.id,
            messages.c.sender_type,
            messages.c.author_id,
        ).where(
            messages.c.session_id.in_(ids),
            messages.c.direction != Direction.INTERNAL,
            messages.c.delivery_state.not_in(NOT_SENT),
        )
    )
    said: dict[SessionId, list[CountedMessage]] = defaultdict(list)
    for session_id, *rest in rows:
        said[session_id].append(CountedMessage(*rest))
    return said


_TIME = messages.c.created_at.type


async def find_sessions_of(tx: AsyncSession, message_ids: Collection[MessageId]) -> set[SessionId]:
    """Find the sessions that these messages are in."""
    found = await tx.scalars(
        select(messages.c.session_id).where(
            messages.c.id.in_(list(message_ids)), messages.c.session_id.is_not(None)
        )
    )
    return set(found)
