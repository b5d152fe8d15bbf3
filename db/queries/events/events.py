"""The event log: one row for each transaction, read in the order of ids."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Integer, bindparam, func, insert, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from db.database import NEW_EVENTS
from db.dialect import get_table
from db.ids import SessionId
from db.tables import Event, EventKind

events = get_table(Event)
_KINDS = {kind.value: kind for kind in EventKind}


class EventRecord(NamedTuple):
    """One event: only ids; its text is read when the event is sent."""

    kind: EventKind
    # Empty: the session of the message that it is about, or no session.
    session_id: SessionId | None = None
    # The message's or agent's id.
    about: str | None = None
    more: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class EventLogRow:
    """The events of one transaction."""

    id: int
    records: tuple[EventRecord, ...]
    at: datetime


def encode_records(records: Sequence[EventRecord]) -> str:
    """Encode records for the database."""
    return json.dumps(records, separators=(",", ":"))


def decode_records(text: str) -> tuple[EventRecord, ...]:
    """Decode the text of `encode_records`; kinds that this version does not know are left out."""
    return tuple(
        EventRecord(_KINDS[kind], *rest) for kind, *rest in json.loads(text) if kind in _KINDS
    )


_PUT = insert(events)
_ABOVE = events.c.id > bindparam("top")
_MISSED = events.c.id.in_(bindparam("open", expanding=True))
_COLUMNS = (events.c.id, events.c.records, events.c.created_at)
_MOST = bindparam("most", type_=Integer)
_READ_ABOVE = select(*_COLUMNS).where(_ABOVE).order_by(events.c.id).limit(_MOST)
# One statement reads one snapshot. With two statements, a row could appear between them, and a
# later row would be sent before it.
_READ_ALL = union_all(
    select(*_COLUMNS).where(_MISSED), select(*_READ_ABOVE.subquery("above").columns)
)
_NEWEST = select(events.c.id).order_by(events.c.id.desc()).limit(_MOST)
_OLDEST = select(func.min(events.c.id))


async def add_to_log(tx: AsyncSession, records: Sequence[EventRecord], now: datetime) -> None:
    """Write this transaction's events in order; its commit wakes the listeners."""
    tx.info[NEW_EVENTS] = True
    await tx.execute(_PUT, {"records": encode_records(records), "created_at": now})


async def read(
    tx: AsyncSession, top: int, missed: Collection[int], *, most: int
) -> list[EventLogRow]:
    """Read those rows of `missed` that exist now, then rows above `top`: `most` at most."""
    bound = {"top": top, "most": most}
    if missed:
        found = await tx.execute(_READ_ALL, {**bound, "open": list(missed)})
    else:
        found = await tx.execute(_READ_ABOVE, bound)
    rows = sorted(found, key=lambda row: row.id)[:most]
    return [EventLogRow(row.id, decode_records(row.records), row.created_at) for row in rows]


async def list_newest_ids(tx: AsyncSession, most: int) -> list[int]:
    """List the ids of the newest rows, newest first."""
    return list(await tx.scalars(_NEWEST, {"most": most}))


async def find_oldest_id(tx: AsyncSession) -> int | None:
    """Return the id of the oldest row that is left."""
    found: int | None = await tx.scalar(_OLDEST)
    return found
