"""Find clients by their full names."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import ClientId
from db.tables import Client

clients = get_table(Client)


async def find_clients_named(
    tx: AsyncSession, names: Sequence[str], except_id: ClientId
) -> list[str]:
    """Return those of these names that other clients have."""
    own = clients.c.id == except_id
    merged = clients.c.merged_into_id == except_id
    found = select(clients.c.name).where(clients.c.name.in_(names), ~own, merged.is_not(True))
    return sorted(set(await tx.scalars(found)))
