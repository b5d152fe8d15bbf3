"""Read the sessions and agents of many events at once."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import AgentId, SessionId
from db.queries.conversations.session_rows import SessionRow, build_sessions_query, read_sessions
from db.tables import Agent, Session

sessions = get_table(Session)
agents = get_table(Agent)

_SESSIONS = build_sessions_query().where(sessions.c.id.in_(bindparam("ids", expanding=True)))
_NAMES = select(agents.c.id, agents.c.name).where(agents.c.id.in_(bindparam("ids", expanding=True)))


async def list_sessions_by_ids(tx: AsyncSession, ids: Sequence[SessionId]) -> list[SessionRow]:
    """Read these sessions as lists show them."""
    return await read_sessions(tx, _SESSIONS, {"ids": ids}) if ids else []


async def read_agent_names(tx: AsyncSession, ids: Sequence[AgentId]) -> dict[str, str]:
    """Read the names of these agents."""
    if not ids:
        return {}
    return {row.id: row.name for row in await tx.execute(_NAMES, {"ids": ids})}
