"""The names of what reports group by, and of the people in their sessions."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import SessionId
from db.queries.reports.groups import Group
from db.tables import Agent, Channel, Client, Session, Tag

agents = get_table(Agent)
clients = get_table(Client)
sessions = get_table(Session)
_TABLES = {
    Group.AGENT: agents,
    Group.CHANNEL: get_table(Channel),
    Group.TAG: get_table(Tag),
}


async def list_names(tx: AsyncSession, by: Group) -> dict[str, str]:
    """List the names of all agents, channels or tags by id."""
    table = _TABLES[by]
    return {row[0]: row[1] for row in await tx.execute(select(table.c.id, table.c.name))}


@dataclass(frozen=True, slots=True)
class SessionPeople:
    """Whose session it is, and who holds it or held it to its end."""

    client_name: str
    agent_name: str | None


async def list_people(
    tx: AsyncSession, session_ids: Collection[SessionId]
) -> dict[SessionId, SessionPeople]:
    """Find the customer and the agent of each session."""
    rows = await tx.execute(
        select(sessions.c.id, clients.c.name, agents.c.name)
        .join(clients, clients.c.id == sessions.c.client_id)
        .outerjoin(agents, agents.c.id == sessions.c.cs_id)
        .where(sessions.c.id.in_(session_ids))
    )
    return {row[0]: SessionPeople(row[1], row[2]) for row in rows}
