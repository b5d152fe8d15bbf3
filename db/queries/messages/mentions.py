"""Save and read which agents are named in notes. One condition says what is unread."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import count_changed, get_table, insert_or_ignore
from db.ids import AgentId, ConversationId, MessageId
from db.queries.lists.keyset import (
    PageStart,
    build_page_by_id,
    get_direction,
    get_page_params,
)
from db.tables import Mention

mentions = get_table(Mention)

# Of more, nobody reads the number.
MAX_COUNTED = 1000


@dataclass(frozen=True, slots=True)
class MentionRow:
    """An agent is named in a note."""

    message_id: MessageId
    conversation_id: ConversationId
    is_read: bool
    created_at: datetime


def _is_unread() -> ColumnElement[bool]:
    """Match what an agent has not read; `agent` is a parameter of the statement."""
    return and_(mentions.c.agent_id == bindparam("agent"), mentions.c.is_read.is_(False))


_OF_AGENT = select(
    mentions.c.message_id, mentions.c.conversation_id, mentions.c.is_read, mentions.c.created_at
)
_FIRST_UNREAD = select(mentions.c.message_id).where(_is_unread()).limit(MAX_COUNTED).subquery()
_COUNT = select(func.count()).select_from(_FIRST_UNREAD)
_HAS_UNREAD = select(mentions.c.agent_id, mentions.c.conversation_id).where(
    mentions.c.agent_id.in_(bindparam("agents", expanding=True)), mentions.c.is_read.is_(False)
)
_READ = (
    update(mentions)
    .where(_is_unread(), mentions.c.conversation_id == bindparam("conversation"))
    .values(is_read=True)
)


async def add_mentions(
    tx: AsyncSession,
    message_id: MessageId,
    conversation_id: ConversationId,
    agent_ids: Collection[AgentId],
    now: datetime,
) -> list[AgentId]:
    """Save who is named in a note; return those who were not named in it before."""
    of_this = select(mentions.c.agent_id).where(mentions.c.message_id == message_id)
    known = set(await tx.scalars(of_this))
    new = [each for each in agent_ids if each not in known]
    rows = [
        {
            "agent_id": each,
            "message_id": message_id,
            "conversation_id": conversation_id,
            "is_read": False,
            "created_at": now,
        }
        for each in new
    ]
    if rows:
        await tx.execute(insert_or_ignore(tx, mentions, ("agent_id", "message_id")), rows)
    return new


async def list_mentions(
    tx: AsyncSession, agent_id: AgentId, *, unread: bool, start: PageStart | None, limit: int
) -> Sequence[MentionRow]:
    """Read a page of an agent's mentions and one more, the newest first."""
    whose = _is_unread() if unread else mentions.c.agent_id == bindparam("agent")
    statement: Select[Any] = build_page_by_id(
        _OF_AGENT.where(whose), mentions.c.message_id, way=get_direction(start)
    )
    values = {**get_page_params(start, limit), "agent": agent_id}
    return [MentionRow(*tuple(row)) for row in await tx.execute(statement, values)]


async def count_unread(tx: AsyncSession, agent_id: AgentId) -> int:
    """Count an agent's unread mentions, at most MAX_COUNTED."""
    return await tx.scalar(_COUNT, {"agent": agent_id}) or 0


async def find_unread(
    tx: AsyncSession, agent_ids: Collection[AgentId]
) -> set[tuple[AgentId, ConversationId]]:
    """Find the conversations in which these agents have unread mentions."""
    rows = await tx.execute(_HAS_UNREAD, {"agents": sorted(agent_ids)})
    return {(row.agent_id, row.conversation_id) for row in rows}


async def mark_read(tx: AsyncSession, agent_id: AgentId, conversation_id: ConversationId) -> bool:
    """Mark an agent's mentions in a conversation as read; return False if none was unread."""
    values = {"agent": agent_id, "conversation": conversation_id}
    return count_changed(await tx.execute(_READ, values)) > 0
