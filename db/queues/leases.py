"""Leases by name: which process does what only one may do, and which workers are alive.

Each is the lease of a lane in which no row is ever put. When its process dies, it runs out; a
courier then takes the lane over as any other, a worker finds it empty, and housekeeping removes it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import insert_new, table_of
from db.queues.lanes import LeaseLostError
from db.tables import Lane, Queue

lanes = table_of(Lane)


@dataclass(frozen=True, slots=True)
class Held:
    """A lease that somebody holds; `note` is what the holder says of itself."""

    name: str
    note: str
    until: datetime


async def take(
    tx: AsyncSession, name: str, token: str, now: datetime, until: datetime, *, note: str = ""
) -> bool:
    """Take a lease for `token`, or hold on to it; False while another one holds it."""
    free = or_(lanes.c.lease == token, lanes.c.lease.is_(None), lanes.c.lease_until < now)
    held = {"lease": token, "lease_until": until, "gate": note}
    if await _change(tx, name, free, **held):
        return True
    if await tx.scalar(select(lanes.c.lane).where(*_of(name))) is not None:
        return False
    await _make(tx, name)
    return await _change(tx, name, free, **held)


async def lock(tx: AsyncSession, name: str) -> None:
    """Let one transaction at a time go on from here, whoever holds the lease."""
    await _make(tx, name)
    await tx.execute(select(lanes.c.lane).where(*_of(name)).with_for_update())


async def keep_on(tx: AsyncSession, name: str, token: str, until: datetime) -> bool:
    """Hold on to a lease; False: it ran out and was taken over."""
    return await _change(tx, name, lanes.c.lease == token, lease_until=until)


async def let_go(tx: AsyncSession, name: str, token: str) -> None:
    """Leave a lease to whoever is next."""
    await _change(tx, name, lanes.c.lease == token, lease=None, lease_until=None)


async def check(tx: AsyncSession, name: str, token: str) -> None:
    """Hold the lease where it is until the transaction ends.

    Raises LeaseLostError when `token` does not hold it: nothing of the transaction may be kept.
    """
    wanted = select(lanes.c.lease).where(*_of(name)).with_for_update()
    if await tx.scalar(wanted) != token:
        raise LeaseLostError(f"another process holds {name}")


async def held(tx: AsyncSession, prefix: str, now: datetime) -> Sequence[Held]:
    """List the leases of these names that have not run out."""
    named = and_(lanes.c.queue == Queue.INBOX, lanes.c.lane.startswith(prefix, autoescape=True))
    found = await tx.execute(
        select(lanes.c.lane, lanes.c.gate, lanes.c.lease_until).where(
            named, lanes.c.lease.is_not(None), lanes.c.lease_until >= now
        )
    )
    return [Held(*row) for row in found]


async def _make(tx: AsyncSession, name: str) -> None:
    row = {"queue": Queue.INBOX, "lane": name, "gate": ""}
    await tx.execute(insert_new(tx, lanes, ("queue", "lane")), [row])


def _of(name: str) -> tuple[Any, ...]:
    return lanes.c.queue == Queue.INBOX, lanes.c.lane == name


async def _change(tx: AsyncSession, name: str, condition: Any, **values: Any) -> bool:
    result: Any = await tx.execute(update(lanes).where(*_of(name), condition).values(values))
    assert isinstance(result, CursorResult)  # noqa: S101 for the type checker
    return result.rowcount == 1
