"""Count the conversations of the lists that agents work through."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, func, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import AgentId, ChannelId, TagId
from db.queries.lists.open_lists import match_open
from db.queries.lists.visibility import is_held_by_ai
from db.tables import Conversation, Session, SessionStatus

sessions = get_table(Session)
conversations = get_table(Conversation)

# At most so many sessions are counted of those that the agent holds, that wait, and of the others.
MAX_COUNTED = 5000


@dataclass(frozen=True, slots=True)
class ListCounts:
    """How many conversations the lists have."""

    open: int
    mine: int
    waiting: int
    unread: int


@dataclass(frozen=True, slots=True)
class CountFilter:
    """Which of them to count: all, or those of an agent, on a channel, with a tag."""

    agent: AgentId | None = None
    channel: ChannelId | None = None
    tag: TagId | None = None


async def count_lists(
    tx: AsyncSession, agent: AgentId, wanted: CountFilter, *, viewer: AgentId | None
) -> ListCounts:
    """Count what an agent's lists contain; `viewer`: the agent, or None if they see everything."""
    given = {"agent": wanted.agent, "channel": wanted.channel, "tag": wanted.tag}
    filters = frozenset(name for name, value in given.items() if value is not None)
    values = {"holder": agent, "viewer": viewer, **given}
    row = (await tx.execute(_build_count(viewer is not None, filters), values)).one()
    return ListCounts(*(int(each or 0) for each in row))


@cache
def _build_count(viewer: bool, filters: frozenset[str]) -> Select[Any]:
    holder = sessions.c.cs_id == bindparam("holder")
    others = is_held_by_ai(sessions) if viewer else sessions.c.cs_id != bindparam("holder")
    parts = [
        select(_select(each).subquery()) for each in (holder, sessions.c.cs_id.is_(None), others)
    ]
    opened = union_all(*parts).subquery("opened")

    def add_up(**wanted: bool) -> ColumnElement[Any]:
        wanted |= dict.fromkeys(filters, True)
        is_in = match_open(opened, conversations, viewer=viewer, **wanted)
        return func.sum(case((is_in, 1), else_=0))

    return select(
        add_up(), add_up(held=True), add_up(waiting=True), add_up(unread=True)
    ).select_from(opened.join(conversations, conversations.c.id == opened.c.conversation_id))


def _select(whose: ColumnElement[bool]) -> Select[Any]:
    """Select the newest open sessions of this holder."""
    columns = sessions.c.id, sessions.c.conversation_id, sessions.c.cs_id, sessions.c.status
    is_open = sessions.c.status == SessionStatus.ACTIVE
    newest = sessions.c.created_at.desc(), sessions.c.id.desc()
    return select(*columns).where(is_open, whose).order_by(*newest).limit(MAX_COUNTED)
