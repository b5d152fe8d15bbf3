"""The inbox: updates from providers, stored before they are acknowledged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import and_, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import count_changed, get_table, insert_or_ignore
from db.ids import ChannelId
from db.queues.lanes import LaneDueTime, make_due
from db.queues.oldest_rows import read_oldest_rows
from db.tables import Inbox, InboxState, Lane, Queue
from db.tables.base import now_utc

inbox = get_table(Inbox)
lanes = get_table(Lane)
_COLUMNS = ("id", "lane", "channel_id", "provider_id", "payload", "attempts", "due_at")
# A provider's text may have any length; an error message does not need more than this.
_MAX_ERROR_LENGTH = 20_000


@dataclass(frozen=True, slots=True)
class InboundEvent:
    """An update as the provider sent it, with the lane that keeps its order."""

    channel_id: ChannelId
    provider_id: str
    lane: str
    payload: str
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class InboxRow:
    """An update that waits to be handled."""

    id: int
    lane: str
    channel_id: ChannelId
    provider_id: str
    payload: str
    attempts: int
    due_at: datetime


async def put(tx: AsyncSession, events: Sequence[InboundEvent]) -> None:
    """Store updates, each (channel, provider id) once, and make their lanes due."""
    if events:
        await insert(tx, events)
        await make_due(tx, build_due_times(events))


def build_due_times(events: Sequence[InboundEvent]) -> list[LaneDueTime]:
    """Return the lanes that are due for these updates, with their times."""
    now = now_utc()
    return [LaneDueTime(Queue.INBOX, each.lane, each.due_at or now) for each in events]


async def insert(tx: AsyncSession, events: Sequence[InboundEvent]) -> None:
    """Store updates, each (channel, provider id) once.

    The caller must still make their lanes due.
    """
    now = now_utc()
    rows = [
        {
            "channel_id": event.channel_id,
            "provider_id": event.provider_id,
            "lane": event.lane,
            "payload": event.payload,
            "state": InboxState.PENDING,
            "attempts": 0,
            "due_at": event.due_at or now,
            "received_at": now,
        }
        for event in events
    ]
    await tx.execute(insert_or_ignore(tx, inbox, ("channel_id", "provider_id")), rows)


# The process that stores an update makes its lane due shortly after, unless it dies.
_GRACE_PERIOD = timedelta(seconds=5)
_MAX_FORGOTTEN_LANES = 500


async def list_forgotten_lanes(tx: AsyncSession) -> list[LaneDueTime]:
    """List lanes whose updates have waited too long without the lane being made due."""
    now = now_utc()
    of_lane = and_(lanes.c.queue == Queue.INBOX, lanes.c.lane == inbox.c.lane)
    wanted = (
        select(inbox.c.lane)
        .outerjoin(lanes, of_lane)
        .where(
            inbox.c.state == InboxState.PENDING,
            inbox.c.received_at < now - _GRACE_PERIOD,
            lanes.c.due_at.is_(None),
        )
        .distinct()
        .limit(_MAX_FORGOTTEN_LANES)
    )
    return [LaneDueTime(Queue.INBOX, lane, now) for lane in await tx.scalars(wanted)]


async def read_oldest(
    tx: AsyncSession, lanes: Sequence[str], per_lane: int
) -> dict[str, list[InboxRow]]:
    """Read the oldest unsettled rows of each lane, in the order in which they came."""
    found = await read_oldest_rows(
        tx, inbox, columns=_COLUMNS, waiting=InboxState.PENDING, lanes=lanes, per_lane=per_lane
    )
    return {
        lane: [
            InboxRow(
                id=cast("int", row.id),
                lane=lane,
                channel_id=cast("ChannelId", row.channel_id),
                provider_id=cast("str", row.provider_id),
                payload=cast("str", row.payload),
                attempts=cast("int", row.attempts),
                due_at=cast("datetime", row.due_at),
            )
            for row in rows
        ]
        for lane, rows in found.items()
    }


async def list_waiting_lanes(tx: AsyncSession, channel_id: ChannelId) -> list[str]:
    """List the lanes in which updates of a channel wait."""
    wanted = select(inbox.c.lane).where(
        inbox.c.state == InboxState.PENDING, inbox.c.channel_id == channel_id
    )
    return list(await tx.scalars(wanted.distinct()))


# What was handled is not kept a second time: the row stays only to recognize a repeated update.
_EMPTY = {"payload": "{}", "error": None}
_SETTLE = (
    update(inbox)
    .where(inbox.c.id.in_(bindparam("ids", expanding=True)))
    .values(state=InboxState.DONE, settled_at=bindparam("at"), **_EMPTY)
)


async def settle(tx: AsyncSession, ids: Sequence[int], now: datetime) -> None:
    """Mark these updates as handled, and empty them."""
    if ids:
        await tx.execute(_SETTLE, {"ids": ids, "at": now})


async def reschedule(tx: AsyncSession, row: InboxRow, error: str, due_at: datetime) -> bool:
    """Schedule another try at `due_at` for an update whose handling failed.

    Returns False and changes nothing if another worker handled it since `row` was read.
    """
    change = {"attempts": row.attempts + 1, "error": error[:_MAX_ERROR_LENGTH], "due_at": due_at}
    return await _update_if_unchanged(tx, row, change)


async def park(tx: AsyncSession, row: InboxRow, error: str, now: datetime) -> bool:
    """Park an update with its error for an admin; its lane goes on.

    Returns False and changes nothing if another worker handled it since `row` was read.
    """
    change = {
        "state": InboxState.PARKED,
        "attempts": row.attempts + 1,
        "error": error[:_MAX_ERROR_LENGTH],
        "settled_at": now,
    }
    return await _update_if_unchanged(tx, row, change)


async def _update_if_unchanged(
    tx: AsyncSession, row: InboxRow, change: Mapping[str, object]
) -> bool:
    as_read = and_(
        inbox.c.id == row.id,
        inbox.c.state == InboxState.PENDING,
        inbox.c.attempts == row.attempts,
    )
    result = await tx.execute(update(inbox).where(as_read).values(change))
    return count_changed(result) == 1
