"""Where a list is looked for: in all there is, in its order, or in the little that somebody sees.

An agent who has seen few sessions would look long through everybody's for their own; one who has
seen many finds enough of them soon. See docs/adr/0012-lists-and-search.md.
"""

from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Select,
    Subquery,
    bindparam,
    exists,
    func,
    literal,
    select,
    union,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import AgentId
from db.queries.lists.visibility import is_visible_to, is_waiting
from db.tables import Session, SessionStatus

sessions = get_table(Session)

# What an agent has seen is few if it is fewer sessions than that.
FEW = 1000


async def has_few_visible_sessions(tx: AsyncSession, viewer: AgentId) -> bool:
    """Tell whether an agent sees few sessions."""
    seen = await tx.scalar(_COUNT_VISIBLE, {"viewer": viewer})
    return (seen or 0) < FEW


_MINE = sessions.c.cs_id == bindparam("viewer")
_WAITING = is_waiting(sessions)
_each = [select(literal(1).label("one")).where(of).limit(FEW) for of in (_MINE, _WAITING)]
_COUNT_VISIBLE = select(func.count()).select_from(
    union_all(*(select(each.subquery()) for each in _each)).subquery()
)


_OPEN = select(sessions.c.conversation_id.label("id")).where(
    sessions.c.status == SessionStatus.ACTIVE
)
_COUNT_OPEN = select(func.count()).select_from(_OPEN.limit(FEW).subquery())


async def has_few_open_sessions(tx: AsyncSession) -> bool:
    """Tell whether few sessions are open."""
    return (await tx.scalar(_COUNT_OPEN) or 0) < FEW


def select_open_conversations() -> Subquery:
    """Give the ids of the conversations with an open session."""
    return _OPEN.subquery("open")


@cache
def select_visible_ids(column: Column[Any]) -> Subquery:
    """Give the ids of the clients, or conversations, of the sessions that `viewer` see."""
    parts: list[Select[Any]] = [select(column.label("id")).where(of) for of in (_MINE, _WAITING)]
    return union(*parts).subquery("seen")


def is_visible(column: Column[Any], thing: ColumnElement[Any]) -> ColumnElement[bool]:
    """Say that `viewer` see one of the sessions of a client, or conversation."""
    return exists().where(column == thing, is_visible_to(sessions, bindparam("viewer")))
