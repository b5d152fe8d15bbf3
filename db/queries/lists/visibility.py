"""Which sessions an agent sees: those that they hold or held, and those that wait."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, or_

from db.tables import SessionStatus


def is_visible_to(sessions: FromClause, agent: Any) -> ColumnElement[bool]:
    """Match sessions that `agent` sees; `sessions` is the table or an alias of it."""
    return or_(sessions.c.cs_id == agent, is_waiting(sessions))


def is_waiting(sessions: FromClause) -> ColumnElement[bool]:
    """Match sessions that wait for an agent."""
    return and_(sessions.c.status == SessionStatus.ACTIVE, sessions.c.cs_id.is_(None))
