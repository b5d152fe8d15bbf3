"""Lanes: who may work on a conversation's queue, and when it is due.

A claim takes due lanes with `FOR UPDATE SKIP LOCKED` and empties their `due_at`; whoever puts a row
in the meantime sets it again, so a release that keeps the earlier of both times loses no wake-up.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, and_, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import table_of, upsert
from db.tables import Lane, Queue

lanes = table_of(Lane)


class LeaseLostError(Exception):
    """Another worker took these lanes over: nothing that was done under the lease may be kept."""


@dataclass(frozen=True, slots=True)
class DueLane:
    """A lane that somebody may claim now."""

    queue: Queue
    lane: str
    gate: str


@dataclass(frozen=True, slots=True)
class Due:
    """A lane that has work from `at` on."""

    queue: Queue
    lane: str
    at: datetime
    gate: str = ""


async def make_due(tx: AsyncSession, dues: Iterable[Due]) -> None:
    """Make lanes due, never later than they already are."""
    earliest: dict[tuple[str, str], Due] = {}
    for due in dues:
        known = earliest.get((due.queue, due.lane))
        if known is None or due.at < known.at:
            earliest[due.queue, due.lane] = due
    if not earliest:
        return
    # In key order: two writers that touch the same lanes wait for each other, never in a circle.
    rows = [
        {"queue": due.queue, "lane": due.lane, "due_at": due.at, "gate": due.gate}
        for _, due in sorted(earliest.items())
    ]
    await tx.execute(upsert(tx, lanes, ["queue", "lane"], _sooner), rows)


def _sooner(new: Any) -> dict[str, Any]:
    later = and_(lanes.c.due_at.is_not(None), lanes.c.due_at <= new.due_at)
    return {"due_at": case((later, lanes.c.due_at), else_=new.due_at), "gate": new.gate}


async def due_lanes(
    tx: AsyncSession,
    queue: Queue,
    now: datetime,
    *,
    most: int,
    closed_gates: Collection[str] = (),
    only: str | None = None,
) -> list[DueLane]:
    """Lock and list the lanes that are due, longest due first; others' claims are passed over."""
    wanted = (
        select(lanes.c.lane, lanes.c.gate)
        .where(lanes.c.queue == queue, lanes.c.due_at <= now, lanes.c.lease.is_(None))
        .order_by(lanes.c.due_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    if closed_gates:
        wanted = wanted.where(lanes.c.gate.not_in(closed_gates))
    if only is not None:
        wanted = wanted.where(lanes.c.lane == only)
    return [DueLane(queue, lane, gate) for lane, gate in await tx.execute(wanted)]


async def lease(
    tx: AsyncSession, queue: Queue, names: Sequence[str], *, token: str, until: datetime
) -> None:
    """Take lanes for the claim `token`."""
    await tx.execute(
        update(lanes)
        .where(lanes.c.queue == queue, lanes.c.lane.in_(names))
        .values(lease=token, lease_until=until, due_at=None)
    )


async def release(
    tx: AsyncSession, queue: Queue, token: str, next_due: Mapping[str, datetime | None]
) -> None:
    """Give lanes back, each due at its time, or earlier if a row was put since the claim.

    Raises LeaseLostError when one of them is no longer held by `token`.
    """
    by_time: dict[datetime | None, list[str]] = {}
    for name, at in next_due.items():
        by_time.setdefault(at, []).append(name)
    released = 0
    for at, names in by_time.items():
        held = and_(lanes.c.queue == queue, lanes.c.lease == token, lanes.c.lane.in_(names))
        change: dict[str, Any] = {"lease": None, "lease_until": None}
        if at is not None:
            sooner = and_(lanes.c.due_at.is_not(None), lanes.c.due_at <= at)
            change["due_at"] = case((sooner, lanes.c.due_at), else_=at)
        result = await tx.execute(update(lanes).where(held).values(change))
        released += _matched(result)
    if released != len(next_due):
        raise LeaseLostError(f"{len(next_due) - released} lane(s) of {queue} were taken over")


async def set_due(
    tx: AsyncSession, queue: Queue, names: Sequence[str], at: datetime | None
) -> None:
    """Set when lanes are due that this transaction has locked and does not lease."""
    await tx.execute(
        update(lanes).where(lanes.c.queue == queue, lanes.c.lane.in_(names)).values(due_at=at)
    )


async def renew(tx: AsyncSession, tokens: Collection[str], until: datetime) -> None:
    """Hold on to the lanes of claims that are still being worked on."""
    await tx.execute(update(lanes).where(lanes.c.lease.in_(tokens)).values(lease_until=until))


async def take_back(tx: AsyncSession, now: datetime, *, all_of_them: bool = False) -> int:
    """Make lanes due whose worker is gone: its lease ran out, or (`all_of_them`) there is none.

    Returns how many.
    """
    gone: ColumnElement[bool] = lanes.c.lease.is_not(None)
    if not all_of_them:
        gone = and_(gone, or_(lanes.c.lease_until.is_(None), lanes.c.lease_until < now))
    result = await tx.execute(
        update(lanes).where(gone).values(lease=None, lease_until=None, due_at=now)
    )
    return _matched(result)


async def next_due(
    tx: AsyncSession, queues: Collection[Queue], *, closed_gates: Collection[str] = ()
) -> datetime | None:
    """Tell when the next lane of these queues is due; None: nothing waits."""
    wanted = select(func.min(lanes.c.due_at)).where(
        lanes.c.queue.in_(queues), lanes.c.due_at.is_not(None), lanes.c.lease.is_(None)
    )
    if closed_gates:
        wanted = wanted.where(lanes.c.gate.not_in(closed_gates))
    found: datetime | None = await tx.scalar(wanted)
    return found


def _matched(result: Any) -> int:
    assert isinstance(result, CursorResult)  # noqa: S101 for the type checker
    return result.rowcount
