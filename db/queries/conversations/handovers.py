"""Read handovers: from whom, to whom, why and when."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import AgentId, SessionId
from db.tables import Agent, ConversationHandover

handovers = get_table(ConversationHandover)
agents = get_table(Agent)
_from_agent, _to_agent, _by_agent = (
    agents.alias(name) for name in ("from_agent", "to_agent", "by_agent")
)


@dataclass(frozen=True, slots=True)
class HandoverRow:
    """One handover, with names."""

    from_agent_id: AgentId | None
    from_name: str | None
    to_agent_id: AgentId | None
    to_name: str | None
    by_agent_id: AgentId | None
    by_name: str
    reason: str | None
    created_at: datetime


_NEWEST = (
    select(
        handovers.c.from_agent_id,
        _from_agent.c.name,
        handovers.c.to_agent_id,
        _to_agent.c.name,
        handovers.c.by_agent_id,
        func.coalesce(_by_agent.c.name, handovers.c.by_name),
        handovers.c.reason,
        handovers.c.created_at,
    )
    .select_from(
        handovers.outerjoin(_from_agent, _from_agent.c.id == handovers.c.from_agent_id)
        .outerjoin(_to_agent, _to_agent.c.id == handovers.c.to_agent_id)
        .outerjoin(_by_agent, _by_agent.c.id == handovers.c.by_agent_id)
    )
    .where(handovers.c.session_id == bindparam("session"))
    .order_by(handovers.c.id.desc())
    .limit(bindparam("most"))
)


async def list_newest_handovers(
    tx: AsyncSession, session_id: SessionId, *, most: int
) -> list[HandoverRow]:
    """List a session's handovers, newest first."""
    rows = await tx.execute(_NEWEST, {"session": session_id, "most": most})
    return [HandoverRow(*tuple(row)) for row in rows]
