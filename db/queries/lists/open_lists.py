"""What the lists of open sessions contain: one predicate for a list and for its number.

The session of an event carries the same facts: `status`, `waiting`, `agent`, `unread_count`,
`channel` and `tags`.
"""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, bindparam, exists

from db.dialect import get_table
from db.queries.lists.visibility import is_visible_to
from db.tables import SessionStatus, SessionTag

session_tags = get_table(SessionTag)


def match_open(
    sessions: FromClause,
    conversations: FromClause,
    *,
    viewer: bool,
    waiting: bool = False,
    held: bool = False,
    unread: bool = False,
    agent: bool = False,
    channel: bool = False,
    tag: bool = False,
) -> ColumnElement[bool]:
    """Match open sessions that `viewer` sees: those that nobody holds, `holder` holds, are unread.

    With `agent`, `channel` or `tag`: also only those of this agent or channel, or with this tag.
    `viewer`, `holder` and these three are parameters of the statement.
    """
    conditions: list[ColumnElement[Any]] = [sessions.c.status == SessionStatus.ACTIVE]
    if waiting:
        conditions.append(sessions.c.cs_id.is_(None))
    if held:
        conditions.append(sessions.c.cs_id == bindparam("holder"))
    if unread:
        conditions.append(conversations.c.unread_count > 0)
    if agent:
        conditions.append(sessions.c.cs_id == bindparam("agent"))
    if channel:
        conditions.append(conversations.c.channel_id == bindparam("channel"))
    if tag:
        of_session = session_tags.c.session_id == sessions.c.id
        conditions.append(exists().where(of_session, session_tags.c.tag_id == bindparam("tag")))
    if viewer:
        conditions.append(is_visible_to(sessions, bindparam("viewer")))
    return and_(*conditions)
