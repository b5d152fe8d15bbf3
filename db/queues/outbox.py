"""The outbox: actions to be done at providers, in each lane's order."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import count_changed, get_table, insert_or_ignore
from db.ids import ChannelId, ConversationId, MessageId, StaffPlaceId
from db.queues.lanes import LaneDueTime, make_due
from db.queues.oldest_rows import read_oldest_rows
from db.queues.payloads import ChatPayload, OutboxPayload, StoredPayload, decode, encode
from db.tables import Lane, Outbox, OutboxKind, OutboxState, Queue

lanes = get_table(Lane)
outbox = get_table(Outbox)
_COLUMNS = (
    "id",
    "lane",
    "channel_id",
    "conversation_id",
    "message_id",
    "place_id",
    "kind",
    "payload",
    "state",
    "attempts",
    "due_at",
    "created_at",
)
_READ = select(*(outbox.c[name] for name in _COLUMNS))
# Stored beside the payload of a row that `wait_for_receipt` has postponed.
_WAITED_KEY = "waited_for"
_MAX_ERROR_LENGTH = 500


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """An action to be done at a provider, before it is written to the outbox."""

    queue: Queue
    lane: str
    rate_limit_key: str
    channel_id: ChannelId
    payload: OutboxPayload
    due_at: datetime
    conversation_id: ConversationId | None = None
    message_id: MessageId | None = None
    # Where staff is to see it; None: it is not for staff, or belongs to no conversation.
    place_id: StaffPlaceId | None = None
    dedup_key: str | None = None

    @property
    def kind(self) -> OutboxKind:
        return self.payload.kind


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """An outbox row that waits or is being sent."""

    id: int
    lane: str
    channel_id: ChannelId
    conversation_id: ConversationId | None
    message_id: MessageId | None
    payload: StoredPayload
    state: OutboxState
    attempts: int
    due_at: datetime
    created_at: datetime
    # Whether `wait_for_receipt` has postponed this row once.
    has_waited_for_receipt: bool = False
    place_id: StaffPlaceId | None = None

    @property
    def kind(self) -> OutboxKind:
        return self.payload.kind


async def put(tx: AsyncSession, items: Sequence[OutboxItem], now: datetime) -> None:
    """Write items to the outbox and make their lanes due.

    An item with a `dedup_key` is written only if the key is new.
    """
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
        "place_id": item.place_id,
        "lane": item.lane,
        "kind": item.kind,
        "payload": encode(item.payload),
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


async def read_row(tx: AsyncSession, row_id: int) -> OutboxRow:
    """Read a row that exists, in whatever state, and was not erased."""
    return _to_row((await tx.execute(_READ.where(outbox.c.id == row_id))).one())


async def list_waiting_lanes(tx: AsyncSession, channel_id: ChannelId) -> list[str]:
    """List the lanes in which a channel's rows wait or are being sent."""
    wanted = select(outbox.c.lane).where(
        outbox.c.state.in_([OutboxState.PENDING, OutboxState.SENDING]),
        outbox.c.channel_id == channel_id,
    )
    return list(await tx.scalars(wanted.distinct()))


def has_waited_for_receipt(stored: object) -> bool:
    """Check whether `wait_for_receipt` has postponed the row with this stored payload."""
    return isinstance(stored, dict) and _WAITED_KEY in stored


def _to_row(row: Any) -> OutboxRow:
    return OutboxRow(
        id=row.id,
        lane=row.lane,
        channel_id=row.channel_id,
        conversation_id=row.conversation_id,
        message_id=row.message_id,
        payload=decode(row.kind, row.payload),
        state=row.state,
        attempts=row.attempts,
        due_at=row.due_at,
        created_at=row.created_at,
        has_waited_for_receipt=has_waited_for_receipt(row.payload),
        place_id=row.place_id,
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


async def find_used_keys(tx: AsyncSession, dedup_keys: Sequence[str]) -> set[str]:
    """Return those of these dedup keys that were used, as far as their rows are kept."""
    return set(await tx.scalars(_READ_USED_KEYS, {"keys": dedup_keys})) if dedup_keys else set()


async def mark_sending(tx: AsyncSession, ids: Sequence[int]) -> None:
    """Mark an answer to a customer as maybe sent, before it is sent."""
    if ids:
        await tx.execute(_MARK, {"ids": ids})


async def settle(
    tx: AsyncSession,
    ids: Sequence[int],
    now: datetime,
    state: OutboxState = OutboxState.DONE,
    error: str | None = None,
) -> None:
    """Write the final state of rows."""
    if ids:
        why = error and error[:_MAX_ERROR_LENGTH]
        await tx.execute(_SETTLE, {"ids": ids, "as_state": state, "at": now, "why": why})


async def cancel_pending(
    tx: AsyncSession, message_id: MessageId, kind: OutboxKind, now: datetime
) -> int:
    """Cancel what still waits to be sent of a message, and return the number of rows.

    A row that is about to be sent at this moment may go out all the same.
    """
    waits = and_(
        outbox.c.message_id == message_id,
        outbox.c.kind == kind,
        outbox.c.state == OutboxState.PENDING,
    )
    ended = {"state": OutboxState.FAILED, "settled_at": now, "error": "canceled before it was sent"}
    result = await tx.execute(update(outbox).where(waits).values(ended))
    return count_changed(result)


async def is_key_used(tx: AsyncSession, dedup_key: str, since: datetime | None = None) -> bool:
    """Check whether a row with this dedup key exists, which was enqueued after `since`."""
    found = select(outbox.c.id).where(outbox.c.dedup_key == dedup_key)
    if since is not None:
        found = found.where(outbox.c.created_at > since)
    return await tx.scalar(found) is not None


async def has_started_sending(
    tx: AsyncSession, message_id: MessageId, *, but: Collection[int] = ()
) -> bool:
    """Check whether a part of an answer was sent, or may have been, except these rows (`but`)."""
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


# Kinds that become a message at the provider and are linked to the message that they copy.
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
        # Copies for staff are not marked one by one. Not IS NOT NULL: as in `lanes.reclaim`.
        or_(outbox.c.state == OutboxState.SENDING, lanes.c.lease > ""),
    )
    .limit(1)
)
_BEING_SENT_IN_LANE = _BEING_SENT.where(lanes.c.lane == bindparam("name"))
_BEING_SENT_FOR_KEY = _BEING_SENT.where(
    lanes.c.rate_limit_key == bindparam("name"), lanes.c.lease > ""
)


async def is_being_sent(tx: AsyncSession, queue: Queue, lane: str, before: datetime) -> bool:
    """Check whether a message of a lane that was put `before` is being sent.

    It may have arrived already: its provider id is known only when it is settled.
    """
    bound = {"queue": queue, "name": lane, "before": before}
    return await tx.scalar(_BEING_SENT_IN_LANE, bound) is not None


async def is_being_sent_for_key(
    tx: AsyncSession, queue: Queue, rate_limit_key: str, before: datetime
) -> bool:
    """Check whether a message put `before` is being sent in any lane of a rate-limit key."""
    bound = {"queue": queue, "name": rate_limit_key, "before": before}
    return await tx.scalar(_BEING_SENT_FOR_KEY, bound) is not None


async def reschedule(
    tx: AsyncSession, ids: Sequence[int], error: str, due_at: datetime, *, counts: bool = True
) -> None:
    """Schedule another try at `due_at`; a try that `counts` makes the next wait longer."""
    if ids:
        change = {
            "state": OutboxState.PENDING,
            "attempts": outbox.c.attempts + (1 if counts else 0),
            "error": error[:_MAX_ERROR_LENGTH],
            "due_at": due_at,
        }
        # Not those that were settled meanwhile, by the erasure of a client.
        waits = outbox.c.state.in_([OutboxState.PENDING, OutboxState.SENDING])
        await tx.execute(update(outbox).where(outbox.c.id.in_(ids), waits).values(change))


async def replace_payload(tx: AsyncSession, row: OutboxRow, payload: OutboxPayload) -> None:
    """Replace a row's payload; the caller must hold its lane."""
    stored = _store(payload, has_waited=row.has_waited_for_receipt)
    change = {"kind": payload.kind, "payload": stored}
    await tx.execute(update(outbox).where(outbox.c.id == row.id).values(change))


def _store(payload: StoredPayload, *, has_waited: bool) -> dict[str, Any]:
    return {**encode(payload), **({_WAITED_KEY: True} if has_waited else {})}


async def redirect_to_chat(tx: AsyncSession, lane: str, chat: str) -> None:
    """Redirect what a lane still has to send outside any conversation to another chat."""
    waits = outbox.c.state.in_([OutboxState.PENDING, OutboxState.SENDING])
    found = await tx.execute(_READ.where(outbox.c.lane == lane, waits))
    for row in map(_to_row, found.all()):
        if isinstance(row.payload, ChatPayload):
            await replace_payload(tx, row, replace(row.payload, chat=chat, topic=None))


async def wait_for_receipt(tx: AsyncSession, row: OutboxRow, error: str, until: datetime) -> None:
    """Leave a row marked as being sent, to be checked again at `until`."""
    change = {
        "state": OutboxState.SENDING,
        "payload": _store(row.payload, has_waited=True),
        "error": error[:_MAX_ERROR_LENGTH],
        "due_at": until,
    }
    await tx.execute(update(outbox).where(outbox.c.id == row.id).values(change))


async def recheck_now(tx: AsyncSession, row_id: int, now: datetime) -> None:
    """Make a row due now that was postponed to wait for its receipt."""
    waits = (outbox.c.id == row_id, outbox.c.state == OutboxState.SENDING, outbox.c.due_at > now)
    await tx.execute(update(outbox).where(*waits).values(due_at=now))


async def supersede(tx: AsyncSession, lane: str, kind: OutboxKind, before: datetime) -> None:
    """Settle the waiting rows of a lane that another action made unnecessary.

    Those are the rows of this kind that were put until `before`.
    """
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
