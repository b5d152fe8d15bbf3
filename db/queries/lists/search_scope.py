"""Choose where to search a list: in all rows in order, or in the few rows that the viewer sees.

For an agent who sees few sessions, a scan through everybody's would take long; for one who sees
many, it finds enough of them soon. See docs/adr/0012-lists-and-search.md.
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
from db.queries.lists.visibility import is_held_by_ai, is_visible_to, is_waiting
from db.tables import Session, SessionStatus, SessionTag

sessions = get_table(Session)
session_tags = get_table(SessionTag)
_newer = sessions.alias("newer")

# Fewer sessions than this are few.
FEW = 1000


async def has_few_visible_sessions(tx: AsyncSession, viewer: AgentId) -> bool:
    """Check whether an agent sees few sessions."""
    seen = await tx.scalar(_COUNT_VISIBLE, {"viewer": viewer})
    return (seen or 0) < FEW


_MINE = sessions.c.cs_id == bindparam("viewer")
_VISIBLE = _MINE, is_waiting(sessions), is_held_by_ai(sessions)
_each = [select(literal(1).label("one")).where(of).limit(FEW) for of in _VISIBLE]
_COUNT_VISIBLE = select(func.count()).select_from(
    union_all(*(select(each.subquery()) for each in _each)).subquery()
)


_OPEN = select(sessions.c.conversation_id.label("id")).where(
    sessions.c.status == SessionStatus.ACTIVE
)
_WAITING = _OPEN.where(sessions.c.cs_id.is_(None))
_COUNT_OPEN, _COUNT_WAITING = (
    select(func.count()).select_from(each.limit(FEW).subquery()) for each in (_OPEN, _WAITING)
)


async def has_few_open_sessions(tx: AsyncSession, *, waiting: bool = False) -> bool:
    """Check whether few sessions are open, or wait for an agent."""
    return (await tx.scalar(_COUNT_WAITING if waiting else _COUNT_OPEN) or 0) < FEW


def select_open_conversations(*, waiting: bool = False) -> Subquery:
    """Select the ids of the conversations with an open session, or with one that waits."""
    return (_WAITING if waiting else _OPEN).subquery("open")


@cache
def select_tagged_conversations(*, viewer: bool) -> Subquery:
    """Select the ids of the conversations whose last session that `viewer` sees has `tag`.

    The row of a conversation shows the tags of that session, and an event carries them.
    """
    tagged = session_tags.join(sessions, sessions.c.id == session_tags.c.session_id)
    wanted = select(sessions.c.conversation_id.label("id")).select_from(tagged)
    wanted = wanted.where(session_tags.c.tag_id == bindparam("tag"))
    newer = exists().where(
        _newer.c.conversation_id == sessions.c.conversation_id, _newer.c.number > sessions.c.number
    )
    if viewer:
        wanted = wanted.where(is_visible_to(sessions, bindparam("viewer")))
        newer = newer.where(is_visible_to(_newer, bindparam("viewer")))
    return wanted.where(~newer).subquery("tagged")


@cache
def select_visible_ids(column: Column[Any]) -> Subquery:
    """Select the ids of the clients (or conversations) of the sessions that `viewer` sees."""
    parts: list[Select[Any]] = [select(column.label("id")).where(of) for of in _VISIBLE]
    return union(*parts).subquery("seen")


def is_visible(column: Column[Any], thing: ColumnElement[Any]) -> ColumnElement[bool]:
    """Match clients (or conversations) of which `viewer` sees a session."""
    return exists().where(column == thing, is_visible_to(sessions, bindparam("viewer")))
