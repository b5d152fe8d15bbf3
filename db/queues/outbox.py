"""The outbox: what is to be done at providers, in each lane's order."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, and_, bindparam, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table, insert_or_ignore
from db.ids import ChannelId, ConversationId, MessageId
from db.queues.lanes import LaneDueTime, make_due
from db.queues.oldest_rows import read_oldest_rows
from db.tables import Lane, Outbox, OutboxKind, OutboxState, Queue

lanes = get_table(Lane)
outbox = get_table(Outbox)
_COLUMNS = (
    "id",
    "lane",
    "channel_id",
    "conversation_id",
    "message_id",
    "kind",
    "payload",
    "state",
    "attempts",
    "due_at",
    "created_at",
)
_MAX_ERROR_LENGTH = 500


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """Something to be done at a provider, not yet in the outbox."""

    queue: Queue
    lane: str
    rate_limit_key: str
    kind: OutboxKind
    channel_id: ChannelId
    due_at: datetime
    conversation_id: ConversationId | None = None
    message_id: MessageId | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)
    dedup_key: str | None = None


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """Something to be done at a provider, as it waits."""

    id: int
    lane: str
    channel_id: ChannelId
    conversation_id: ConversationId | None
    message_id: MessageId | None
    kind: OutboxKind
    payload: dict[str, Any]
    state: OutboxState
    attempts: int
    due_at: datetime
    created_at: datetime

    @property
    def has_waited_for_receipt(self) -> bool:
        """Whether a receipt of it was waited for: `wait_for_receipt` put it off once."""
        return bool(self.payload.get("waited_for"))


async def put(tx: AsyncSession, items: Sequence[OutboxItem], now: datetime) -> None:
    """Write errands, those with a `once` key only if it is new, and make their lanes due."""
    plain = [_values(item, now) for item in items if item.dedup_key is None]
    single = [_values(item, now) for item in items if item.dedup_key is not None]
    if plain:
        await tx.execute(insert(outbox), plain)
    if single:
        await tx.execute(insert_or_ignore(tx, outbox, ("dedup_key",)), single)
    await make_due(
        tx, (LaneDueTime(each.queue, each.lane, each.due_at, each.rate_limit_key) for each in items)
    )


def _values(item: OutboxItem, now: datetime) -> dict[str, Any]:
    return {
        "channel_id": item.channel_id,
        "conversation_id": item.conversation_id,
        "message_id": item.message_id,
        "lane": item.lane,
        "kind": item.kind,
        "payload": dict(item.payload),
        "dedup_key": item.dedup_key,
        "state": OutboxState.PENDING,
        "attempts": 0,
        "due_at": item.due_at,
        "created_at": now,
    }


async def read_oldest(
    tx: AsyncSession, lanes: Sequence[str], per_lane: int
) -> dict[str, list[OutboxRow]]:
    """Read the oldest unsettled rows of each lane, in the order in which they were put."""
    found = await read_oldest_rows(
        tx,
        outbox,
        columns=_COLUMNS,
        waiting=OutboxState.PENDING,
        held=OutboxState.SENDING,
        lanes=lanes,
        per_lane=per_lane,
    )
    return {lane: [_to_row(row) for row in rows] for lane, rows in found.items()}


async def list_waiting_lanes(tx: AsyncSession, channel_id: ChannelId) -> list[str]:
    """List the lanes in which something is to be done through a channel."""
    wanted = select(outbox.c.lane).where(
        outbox.c.state.in_([OutboxState.PENDING, OutboxState.SENDING]),
        outbox.c.channel_id == channel_id,
    )
    return list(await tx.scalars(wanted.distinct()))


def _to_row(row: Any) -> OutboxRow:
    return OutboxRow(
        id=row.id,
        lane=row.lane,
        channel_id=row.channel_id,
        conversation_id=row.conversation_id,
        message_id=row.message_id,
        kind=row.kind,
        payload=cast("dict[str, Any]", row.payload),
        state=row.state,
        attempts=row.attempts,
        due_at=row.due_at,
        created_at=row.created_at,
    )


_THESE = outbox.c.id.in_(bindparam("ids", expanding=True))
_MARK = update(outbox).where(_THESE).values(state=OutboxState.SENDING)
_SETTLE = (
    update(outbox)
    .where(_THESE)
    .values(state=bindparam("as_state"), settled_at=bindparam("at"), error=bindparam("why"))
)


_READ_USED_KEYS = select(outbox.c.dedup_key).where(
    outbox.c.dedup_key.in_(bindparam("keys", expanding=True))
)


async def find_used_keys(tx: AsyncSession, dedup_key: Sequence[str]) -> set[str]:
    """Tell which of these `once` keys were ever put, as far as they are kept."""
    return set(await tx.scalars(_READ_USED_KEYS, {"keys": dedup_key})) if dedup_key else set()


async def mark_sending(tx: AsyncSession, ids: Sequence[int]) -> None:
    """Note, before it is sent, that an answer to a customer may have been sent."""
    if ids:
        await tx.execute(_MARK, {"ids": ids})


async def settle(
    tx: AsyncSession,
    ids: Sequence[int],
    now: datetime,
    state: OutboxState = OutboxState.DONE,
    error: str | None = None,
) -> None:
    """Note how rows ended."""
    if ids:
        why = error and error[:_MAX_ERROR_LENGTH]
        await tx.execute(_SETTLE, {"ids": ids, "as_state": state, "at": now, "why": why})


async def cancel_pending(
    tx: AsyncSession, message_id: MessageId, kind: OutboxKind, now: datetime
) -> int:
    """Give up what still waits to be sent of a message; returns how much that was.

    What somebody is about to send in this moment may go out all the same.
    """
    waits = and_(
        outbox.c.message_id == message_id,
        outbox.c.kind == kind,
        outbox.c.state == OutboxState.PENDING,
    )
    ended = {"state": OutboxState.FAILED, "settled_at": now, "error": "stopped"}
    result: Any = await tx.execute(update(outbox).where(waits).values(ended))
    assert isinstance(result, CursorResult)  # noqa: S101 for the type checker
    return result.rowcount


async def is_key_used(tx: AsyncSession, dedup_key: str) -> bool:
    """Tell whether an errand with this `once` key is there."""
    return await tx.scalar(select(outbox.c.id).where(outbox.c.dedup_key == dedup_key)) is not None


async def has_started_sending(
    tx: AsyncSession, message_id: MessageId, *, but: Collection[int]
) -> bool:
    """Tell whether some part of an answer was sent, or may have been, `but` for these rows."""
    reached = {OutboxState.SENDING, OutboxState.DONE, OutboxState.UNCERTAIN}
    found = await tx.scalar(
        select(outbox.c.id)
        .where(
            outbox.c.message_id == message_id,
            outbox.c.kind == OutboxKind.ANSWER,
            outbox.c.state.in_(reached),
            outbox.c.id.not_in(but),
        )
        .limit(1)
    )
    return found is not None


# What becomes a message at a provider, and is linked to the one that it is a copy of.
_BECOMES_A_MESSAGE = (OutboxKind.ANSWER, OutboxKind.COPY)
_BEING_SENT = (
    select(outbox.c.id)
    .join(lanes, lanes.c.lane == outbox.c.lane)
    .where(
        lanes.c.queue == bindparam("queue"),
        outbox.c.state.in_([OutboxState.PENDING, OutboxState.SENDING]),
        outbox.c.kind.in_(_BECOMES_A_MESSAGE),
        outbox.c.message_id.is_not(None),
        outbox.c.created_at <= bindparam("before"),
        # Copies for staff are not marked one by one. Not IS NOT NULL: as in `lanes.take_back`.
        or_(outbox.c.state == OutboxState.SENDING, lanes.c.lease > ""),
    )
    .limit(1)
)
_BEING_SENT_IN_LANE = _BEING_SENT.where(lanes.c.lane == bindparam("name"))
_BEING_SENT_THROUGH_GATE = _BEING_SENT.where(
    lanes.c.rate_limit_key == bindparam("name"), lanes.c.lease > ""
)


async def is_being_sent(tx: AsyncSession, queue: Queue, lane: str, before: datetime) -> bool:
    """Tell whether somebody is sending a message of a lane that was put `before`.

    It may have arrived already: what it became at the provider is known when it is settled.
    """
    bound = {"queue": queue, "name": lane, "before": before}
    return await tx.scalar(_BEING_SENT_IN_LANE, bound) is not None


async def is_being_sent_through(
    tx: AsyncSession, queue: Queue, rate_limit_key: str, before: datetime
) -> bool:
    """Tell whether somebody is sending a message of any lane of a gate that was put `before`."""
    bound = {"queue": queue, "name": rate_limit_key, "before": before}
    return await tx.scalar(_BEING_SENT_THROUGH_GATE, bound) is not None


async def reschedule(
    tx: AsyncSession, ids: Sequence[int], error: str, due_at: datetime, *, counts: bool = True
) -> None:
    """Keep rows for another try at `due_at`; one that `counts` makes the next wait longer."""
    if ids:
        change = {
            "state": OutboxState.PENDING,
            "attempts": outbox.c.attempts + (1 if counts else 0),
            "error": error[:_MAX_ERROR_LENGTH],
            "due_at": due_at,
        }
        await tx.execute(update(outbox).where(outbox.c.id.in_(ids)).values(change))


async def replace_payload(tx: AsyncSession, row_id: int, payload: Mapping[str, Any]) -> None:
    """Have a row say something else; whoever calls this holds its lane."""
    await tx.execute(update(outbox).where(outbox.c.id == row_id).values(payload=dict(payload)))


async def wait_for_receipt(tx: AsyncSession, row: OutboxRow, error: str, until: datetime) -> None:
    """Leave a row marked as being sent, to be looked at again at `until`."""
    change = {
        "state": OutboxState.SENDING,
        "payload": {**row.payload, "waited_for": True},
        "error": error[:_MAX_ERROR_LENGTH],
        "due_at": until,
    }
    await tx.execute(update(outbox).where(outbox.c.id == row.id).values(change))


async def recheck_now(tx: AsyncSession, row_id: int, now: datetime) -> None:
    """Have a row that is put off while its receipt is waited for looked at at once."""
    waits = (outbox.c.id == row_id, outbox.c.state == OutboxState.SENDING, outbox.c.due_at > now)
    await tx.execute(update(outbox).where(*waits).values(due_at=now))


async def supersede(tx: AsyncSession, lane: str, kind: OutboxKind, before: datetime) -> None:
    """Settle what waits in a lane and was done by something else after `before` was asked for."""
    await tx.execute(
        update(outbox)
        .where(
            outbox.c.state == OutboxState.PENDING,
            outbox.c.lane == lane,
            outbox.c.kind == kind,
            outbox.c.created_at <= before,
        )
        .values(state=OutboxState.DONE, settled_at=before)
    )
