"""One process keeps house at a time: the lease of a lane in which no row is ever put says which."""

from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, and_, or_, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import insert_new, table_of
from db.queues.lanes import LeaseLostError
from db.tables import Lane, Queue

lanes = table_of(Lane)

# Of a process that died, a courier takes the lane over as any other, and a worker finds it empty.
_OURS = and_(lanes.c.queue == Queue.INBOX, lanes.c.lane == "housekeeping")


async def take_over(tx: AsyncSession, token: str, now: datetime, until: datetime) -> bool:
    """Take the housekeeping for `token` unless another process is at it; tells whether."""
    first = {"queue": Queue.INBOX, "lane": "housekeeping", "gate": ""}
    await tx.execute(insert_new(tx, lanes, ("queue", "lane")), [first])
    free = or_(lanes.c.lease.is_(None), lanes.c.lease_until < now)
    return await _change(tx, free, lease=token, lease_until=until)


async def keep_on(tx: AsyncSession, token: str, until: datetime) -> None:
    """Hold on to the housekeeping; raises LeaseLostError when another process took it over."""
    if not await _change(tx, lanes.c.lease == token, lease_until=until):
        raise LeaseLostError("another process does the housekeeping")


async def give_back(tx: AsyncSession, token: str) -> None:
    """Leave the housekeeping to whoever is next."""
    await _change(tx, lanes.c.lease == token, lease=None, lease_until=None)


async def _change(tx: AsyncSession, condition: Any, **values: Any) -> bool:
    result: Any = await tx.execute(update(lanes).where(_OURS, condition).values(values))
    assert isinstance(result, CursorResult)  # noqa: S101 for the type checker
    return result.rowcount == 1
