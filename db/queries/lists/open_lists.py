"""What the lists of open sessions contain: one predicate for a list and for its number.

The session of an event carries the same facts: `status`, `waiting`, `agent` and `unread_count`.
"""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, bindparam

from db.queries.lists.visibility import is_visible_to
from db.tables import SessionStatus


def match_open(
    sessions: FromClause,
    conversations: FromClause,
    *,
    viewer: bool,
    waiting: bool = False,
    held: bool = False,
    unread: bool = False,
) -> ColumnElement[bool]:
    """Match open sessions that `viewer` sees: those that nobody holds, `holder` holds, are unread.

    `viewer` and `holder` are parameters of the statement.
    """
    conditions: list[ColumnElement[Any]] = [sessions.c.status == SessionStatus.ACTIVE]
    if waiting:
        conditions.append(sessions.c.cs_id.is_(None))
    if held:
        conditions.append(sessions.c.cs_id == bindparam("holder"))
    if unread:
        conditions.append(conversations.c.unread_count > 0)
    if viewer:
        conditions.append(is_visible_to(sessions, bindparam("viewer")))
    return and_(*conditions)
