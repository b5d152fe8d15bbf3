"""Lanes: which worker may work on a conversation's queue, and when it is due.

A claim takes due lanes with `FOR UPDATE SKIP LOCKED` and clears their `due_at`. A row that is put
during the claim sets `due_at` again, and the release keeps the earlier of both times. So no wake-up
is lost.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    and_,
    bindparam,
    case,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import count_changed, get_table, upsert
from db.tables import Lane, Queue

lanes = get_table(Lane)
_TIME = lanes.c.due_at.type
# Lanes in one statement.
_NAMES_PER_STATEMENT = 500


class LeaseLostError(Exception):
    """Another worker took these lanes over; nothing done under the lease may be committed."""


@dataclass(frozen=True, slots=True)
class DueLane:
    """A lane that may be claimed now."""

    queue: Queue
    lane: str
    rate_limit_key: str


@dataclass(frozen=True, slots=True)
class LaneDueTime:
    """A lane that has work from `at` on."""

    queue: Queue
    lane: str
    at: datetime
    rate_limit_key: str = ""


async def make_due(tx: AsyncSession, dues: Iterable[LaneDueTime]) -> None:
    """Make lanes due, never later than they already are."""
    earliest: dict[tuple[str, str], LaneDueTime] = {}
    for due in dues:
        known = earliest.get((due.queue, due.lane))
        if known is None or due.at < known.at:
            earliest[due.queue, due.lane] = due
    if not earliest:
        return
    # In key order: two writers of the same lanes wait for each other, but never in a circle.
    rows = [
        {
            "queue": due.queue,
            "lane": due.lane,
            "due_at": due.at,
            "rate_limit_key": due.rate_limit_key,
        }
        for _, due in sorted(earliest.items())
    ]
    await tx.execute(upsert(tx, lanes, ("queue", "lane"), _keep_earlier), rows)


def _keep_earlier(new: Any) -> dict[str, Any]:
    later = and_(lanes.c.due_at.is_not(None), lanes.c.due_at <= new.due_at)
    return {
        "due_at": case((later, lanes.c.due_at), else_=new.due_at),
        "rate_limit_key": new.rate_limit_key,
    }


_UNLEASED = (lanes.c.due_at.is_not(None), lanes.c.lease.is_(None))
_NAMED = (lanes.c.queue == bindparam("of"), lanes.c.lane.in_(bindparam("names", expanding=True)))
_NOT_CLOSED = lanes.c.rate_limit_key.not_in(bindparam("closed", expanding=True))

# Statements are built once: building one takes longer than running it.
_DUE = (
    select(lanes.c.lane, lanes.c.rate_limit_key)
    .where(
        lanes.c.queue == bindparam("of"),
        lanes.c.due_at <= bindparam("now"),
        lanes.c.lease.is_(None),
    )
    .order_by(lanes.c.due_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_DUE_NOT_CLOSED = _DUE.where(_NOT_CLOSED)
_DUE_ONE = _DUE.where(lanes.c.lane == bindparam("only"))
_LEASE = (
    update(lanes)
    .where(*_NAMED)
    .values(lease=bindparam("token"), lease_until=bindparam("until"), due_at=None)
)
_LEASED = (*_NAMED, lanes.c.lease == bindparam("token"))
_RELEASE = update(lanes).where(*_LEASED).values(lease=None, lease_until=None)
_RELEASE_DUE = _RELEASE.values(
    due_at=case(
        (
            and_(lanes.c.due_at.is_not(None), lanes.c.due_at <= bindparam("at", type_=_TIME)),
            lanes.c.due_at,
        ),
        else_=bindparam("at", type_=_TIME),
    )
)
_SET_DUE = update(lanes).where(*_NAMED).values(due_at=bindparam("at"))
_BRING_FORWARD = (
    update(lanes)
    .where(*_NAMED, lanes.c.lease.is_(None), lanes.c.due_at > bindparam("at", type_=_TIME))
    .values(due_at=bindparam("at", type_=_TIME))
)
_RENEW = (
    update(lanes)
    .where(lanes.c.lease.in_(bindparam("tokens", expanding=True)))
    .values(lease_until=bindparam("until"))
)


async def lock_due_lanes(
    tx: AsyncSession,
    queue: Queue,
    now: datetime,
    *,
    most: int,
    closed_keys: Collection[str] = (),
    only: str | None = None,
) -> list[DueLane]:
    """Lock and list the lanes that are due, longest due first.

    Lanes that another transaction has locked are skipped.
    """
    bound: dict[str, Any] = {"of": queue, "now": now, "most": most}
    wanted = _DUE
    if only is not None:
        wanted, bound["only"] = _DUE_ONE, only
    elif closed_keys:
        wanted, bound["closed"] = _DUE_NOT_CLOSED, list(closed_keys)
    return [
        DueLane(queue, lane, rate_limit_key)
        for lane, rate_limit_key in await tx.execute(wanted, bound)
    ]


async def lease(
    tx: AsyncSession, queue: Queue, names: Sequence[str], *, token: str, until: datetime
) -> None:
    """Lease lanes to the claim `token`."""
    bound = {"of": queue, "names": names, "token": token, "until": until}
    await tx.execute(_LEASE, bound)


async def release(
    tx: AsyncSession, queue: Queue, token: str, next_due: Mapping[str, datetime | None]
) -> None:
    """Release lanes, each due at its time, or earlier if a row was put since the claim.

    Raises LeaseLostError when `token` no longer holds one of them.
    """
    by_time: dict[datetime | None, list[str]] = {}
    for name, at in next_due.items():
        by_time.setdefault(at, []).append(name)
    released = 0
    for at, names in by_time.items():
        bound: dict[str, Any] = {"of": queue, "names": names, "token": token}
        if at is None:
            released += count_changed(await tx.execute(_RELEASE, bound))
        else:
            released += count_changed(await tx.execute(_RELEASE_DUE, {**bound, "at": at}))
    if released != len(next_due):
        raise LeaseLostError(
            f"{len(next_due) - released} lane(s) of {queue} were taken over by another worker"
        )


async def lock_lane(tx: AsyncSession, queue: Queue, lane: str) -> None:
    """Lock a lane so that its worker cannot release it until this transaction ends.

    What the worker wrote before is visible to reads after this call.
    """
    this = (lanes.c.queue == queue, lanes.c.lane == lane)
    await tx.execute(select(lanes.c.lane).where(*this).with_for_update())


async def set_due(
    tx: AsyncSession, queue: Queue, names: Sequence[str], at: datetime | None
) -> None:
    """Set the due time of lanes that this transaction has locked and does not lease."""
    await tx.execute(_SET_DUE, {"of": queue, "names": names, "at": at})


async def bring_forward(
    tx: AsyncSession, queues: Collection[Queue], names: Collection[str], at: datetime
) -> None:
    """Make lanes due at `at` that are due later and are not leased."""
    ordered = sorted(names)
    for begin in range(0, len(ordered), _NAMES_PER_STATEMENT):
        some = ordered[begin : begin + _NAMES_PER_STATEMENT]
        for queue in sorted(queues):
            bound = {"of": queue, "names": some, "at": at}
            await tx.execute(_BRING_FORWARD, bound)


async def renew(tx: AsyncSession, tokens: Collection[str], until: datetime) -> None:
    """Renew the leases of claims that are still being worked on."""
    await tx.execute(_RENEW, {"tokens": list(tokens), "until": until})


async def renew_one(tx: AsyncSession, queue: Queue, lane: str, token: str, until: datetime) -> bool:
    """Renew the lease of one lane; return False if `token` no longer holds it."""
    held = (lanes.c.queue == queue, lanes.c.lane == lane, lanes.c.lease == token)
    result = await tx.execute(update(lanes).where(*held).values(lease_until=until))
    return count_changed(result) == 1


async def reclaim(tx: AsyncSession, now: datetime, *, all_of_them: bool = False) -> int:
    """Make lanes due whose worker is gone, and return how many.

    A worker is gone when its lease has expired; with `all_of_them`, every worker is.
    """
    # Not IS NOT NULL: SQLite expects this to match most lanes, and reads all of them.
    gone: ColumnElement[bool] = lanes.c.lease > ""
    if not all_of_them:
        gone = and_(gone, or_(lanes.c.lease_until.is_(None), lanes.c.lease_until < now))
    result = await tx.execute(
        update(lanes).where(gone).values(lease=None, lease_until=None, due_at=now)
    )
    return count_changed(result)


async def read_next_due_by_queue(
    tx: AsyncSession, queues: tuple[Queue, ...], *, closed_keys: Collection[str] = ()
) -> dict[Queue, datetime]:
    """Return when the next lane of each queue is due; queues without waiting lanes are left out."""
    bound = {"closed": list(closed_keys)} if closed_keys else {}
    found = await tx.execute(_build_next_due(queues, without_closed=bool(closed_keys)), bound)
    return {Queue(queue): at for queue, at in found}


async def read_next_due(
    tx: AsyncSession, queues: Collection[Queue], *, closed_keys: Collection[str] = ()
) -> datetime | None:
    """Return when the next lane of any of these queues is due; None: no lane waits."""
    dues = await read_next_due_by_queue(tx, tuple(queues), closed_keys=closed_keys)
    return min(dues.values(), default=None)


@cache
def _build_next_due(queues: tuple[Queue, ...], *, without_closed: bool) -> CompoundSelect[Any]:
    """Build one index look-up for each queue: MIN over all of them would read every due lane."""
    each = [
        select(lanes.c.queue, lanes.c.due_at)
        .where(lanes.c.queue == queue, *_UNLEASED, *((_NOT_CLOSED,) if without_closed else ()))
        .order_by(lanes.c.due_at)
        .limit(1)
        .subquery()
        for queue in queues
    ]
    return union_all(*(select(one.c.queue, one.c.due_at) for one in each))
