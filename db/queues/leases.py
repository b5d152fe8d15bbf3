"""Leases by name: which process has an exclusive task, and which workers are alive.

Each is the lease of a lane in which no row is ever put. When its process dies, the lease expires. A
courier or worker then claims the lane as any other and finds it empty, and housekeeping removes it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import count_changed, get_table, insert_or_ignore
from db.queues.lanes import LeaseLostError
from db.tables import Lane, Queue

lanes = get_table(Lane)

# The leases by which processes show that they are alive: their names begin so.
WORKER, WEB = "worker:", "web:"
PROCESSES = (WORKER, WEB)


@dataclass(frozen=True, slots=True)
class LeaseInfo:
    """An active lease; `note` is the holder's text about itself."""

    name: str
    note: str
    until: datetime


async def take(
    tx: AsyncSession, name: str, token: str, now: datetime, until: datetime, *, note: str = ""
) -> bool:
    """Take or renew a lease for `token`; return False while another token holds it."""
    free = or_(lanes.c.lease == token, lanes.c.lease.is_(None), lanes.c.lease_until < now)
    held = {"lease": token, "lease_until": until, "rate_limit_key": note}
    if await _update_lease(tx, name, free, **held):
        return True
    if await tx.scalar(select(lanes.c.lane).where(*_by_name(name))) is not None:
        return False
    await _insert_lease(tx, name)
    return await _update_lease(tx, name, free, **held)


async def lock(tx: AsyncSession, name: str) -> None:
    """Let one transaction at a time continue from here, whichever process holds the lease."""
    await _insert_lease(tx, name)
    await tx.execute(select(lanes.c.lane).where(*_by_name(name)).with_for_update())


async def renew(tx: AsyncSession, name: str, token: str, until: datetime) -> bool:
    """Renew a lease; return False if it expired and another process took it."""
    return await _update_lease(tx, name, lanes.c.lease == token, lease_until=until)


async def release(tx: AsyncSession, name: str, token: str) -> None:
    """Release a lease for the next process."""
    await _update_lease(tx, name, lanes.c.lease == token, lease=None, lease_until=None)


async def ensure_held(tx: AsyncSession, name: str, token: str) -> None:
    """Check that `token` holds the lease, and lock it until the transaction ends.

    Raises LeaseLostError when `token` does not hold it; nothing of the transaction may be
    committed.
    """
    wanted = select(lanes.c.lease).where(*_by_name(name)).with_for_update()
    if await tx.scalar(wanted) != token:
        raise LeaseLostError(f"another process holds {name}")


async def list_active(tx: AsyncSession, prefix: str, now: datetime) -> Sequence[LeaseInfo]:
    """List the active leases whose names begin with `prefix`."""
    named = and_(lanes.c.queue == Queue.INBOX, lanes.c.lane.startswith(prefix, autoescape=True))
    found = await tx.execute(
        select(lanes.c.lane, lanes.c.rate_limit_key, lanes.c.lease_until).where(
            named, lanes.c.lease.is_not(None), lanes.c.lease_until >= now
        )
    )
    return [LeaseInfo(*row) for row in found]


async def _insert_lease(tx: AsyncSession, name: str) -> None:
    row = {"queue": Queue.INBOX, "lane": name, "rate_limit_key": ""}
    await tx.execute(insert_or_ignore(tx, lanes, ("queue", "lane")), [row])


def _by_name(name: str) -> tuple[Any, ...]:
    return lanes.c.queue == Queue.INBOX, lanes.c.lane == name


async def _update_lease(tx: AsyncSession, name: str, condition: Any, **values: Any) -> bool:
    result = await tx.execute(update(lanes).where(*_by_name(name), condition).values(values))
    return count_changed(result) == 1
