"""The names of what reports group by."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.queries.reports.groups import Group
from db.tables import Agent, Channel, Tag

_TABLES = {
    Group.AGENT: get_table(Agent),
    Group.CHANNEL: get_table(Channel),
    Group.TAG: get_table(Tag),
}


async def list_names(tx: AsyncSession, by: Group) -> dict[str, str]:
    """List the names of all agents, channels or tags by id."""
    table = _TABLES[by]
    return {row[0]: row[1] for row in await tx.execute(select(table.c.id, table.c.name))}
