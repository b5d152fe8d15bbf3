"""Which sessions an agent sees: those that they hold or held, those that wait, and AI agents'."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, case, null, or_, select

from db.dialect import get_table
from db.tables import Agent, AgentKind, SessionStatus

_agents = get_table(Agent)
_AI_AGENTS = select(_agents.c.id).where(_agents.c.kind == AgentKind.AI)


def is_visible_to(sessions: FromClause, agent: Any) -> ColumnElement[bool]:
    """Match sessions that `agent` sees; `sessions` is the table or an alias of it."""
    return or_(sessions.c.cs_id == agent, is_waiting(sessions), is_held_by_ai(sessions))


def is_waiting(sessions: FromClause) -> ColumnElement[bool]:
    """Match sessions that wait for an agent."""
    return and_(sessions.c.status == SessionStatus.ACTIVE, sessions.c.cs_id.is_(None))


def is_held_by_ai(sessions: FromClause) -> ColumnElement[bool]:
    """Match open sessions that an AI agent holds: any agent may take them over."""
    return and_(sessions.c.status == SessionStatus.ACTIVE, sessions.c.cs_id.in_(_AI_AGENTS))


def select_human_holder(sessions: FromClause) -> ColumnElement[Any]:
    """Select who has the right of the holder: nobody, while an AI agent holds the session."""
    return case((is_held_by_ai(sessions), null()), else_=sessions.c.cs_id)
