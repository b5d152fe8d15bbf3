"""Writes down how deliveries ended: all of a group in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, and_, insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import ChannelId, MessageId
from db.queries.conversations.threads import Thread
from db.queues import lanes, outbox
from db.queues.lanes import LaneDueTime
from db.queues.outbox import OutboxRow
from db.tables import (
    Conversation,
    DeliveryState,
    Message,
    MessageLink,
    OutboxKind,
    Queue,
    Side,
)
from desk.conversations.threads import find_thread
from desk.delivery.delay_notice import show_sent
from desk.delivery.failures import Failures
from desk.delivery.ports import Receipt
from desk.delivery.work import (
    Deliver,
    DeliverAlbum,
    DeliverTogether,
    OpenTopic,
    Outcome,
    PinCard,
    ShowCard,
)
from desk.lanes import card_lane
from desk.linking.qr_message import SHOWS, learned
from desk.messages.receipts import apply_early_receipts
from desk.unit_of_work import UnitOfWork

links = get_table(MessageLink)
messages = get_table(Message)
conversations = get_table(Conversation)

_CARD_GRACE = timedelta(seconds=1)


@dataclass(slots=True)
class Settling:
    """What a group of outcomes adds up to."""

    uow: UnitOfWork
    done: list[int] = field(default_factory=list)
    copies: list[dict[str, Any]] = field(default_factory=list)
    sent: list[MessageId] = field(default_factory=list)
    # Pictures of codes that came to stand somewhere: what was asked for, and the provider's id.
    codes: list[tuple[dict[str, Any], str]] = field(default_factory=list)
    releases: dict[tuple[Queue, str], dict[str, datetime | None]] = field(default_factory=dict)


async def settle(uow: UnitOfWork, outcomes: Sequence[Outcome], failures: Failures) -> None:
    """Settle a group of outcomes and give their lanes back.

    Raises LeaseLostError when a lane was taken over: then nothing of the group may be kept.
    """
    settling = Settling(uow)
    for outcome in outcomes:
        due = await _settle_one(settling, outcome, failures)
        key = outcome.work.queue, outcome.work.token
        settling.releases.setdefault(key, {})[outcome.work.lane] = due
    await show_sent(uow, [row for outcome in outcomes for row, _ in outcome.receipts])
    await _write(settling)


async def _settle_one(settling: Settling, outcome: Outcome, failures: Failures) -> datetime | None:
    """Note one outcome; returns when its lane is due next."""
    uow, work = settling.uow, outcome.work
    for row, receipt in outcome.receipts:
        _note_done(settling, row, receipt, outcome)
    if outcome.error is not None:
        return await failures.settle(uow, outcome)
    if outcome.failed:
        behind = [row.id for row in outcome.failed]
        await outbox.reschedule(uow.tx, behind, "", uow.now, counts=False)
        return uow.now
    match work.step:
        case OpenTopic(thread):
            await _topic_opened(uow, thread, outcome.topic or "")
            return uow.now
        case ShowCard(thread, rows):
            settling.done.extend(row.id for row in rows)
            await _card_shown(uow, thread, outcome)
            return uow.now
        case PinCard(_, row):
            settling.done.append(row.id)
        case _:
            pass
    return uow.now if work.more else None


def _note_done(settling: Settling, row: OutboxRow, receipt: Receipt, outcome: Outcome) -> None:
    settling.done.append(row.id)
    if row.message_id is None:
        if SHOWS in row.payload and receipt.provider_ids:
            settling.codes.append((row.payload, receipt.provider_ids[0]))
        return
    side = Side.CUSTOMER if outcome.work.queue is Queue.CUSTOMER else Side.STAFF
    match outcome.work.step:
        case Deliver(rows, deliveries) | DeliverAlbum(rows, deliveries):
            chat = deliveries[rows.index(row)].place.chat
        case DeliverTogether(_, delivery):
            chat = delivery.place.chat
        case _:
            return
    settling.copies.extend(
        {
            "message_id": row.message_id,
            "channel_id": row.channel_id,
            "side": side,
            "chat": chat,
            "provider_id": provider_id,
        }
        for provider_id in receipt.provider_ids
    )
    if row.kind is OutboxKind.ANSWER:
        settling.sent.append(row.message_id)


async def _topic_opened(uow: UnitOfWork, thread: Thread, topic: str) -> None:
    await uow.tx.execute(
        update(conversations)
        .where(conversations.c.id == thread.conversation_id)
        .values(staff_topic=topic, staff_card=None)
    )
    # The card waited for its topic. The messages' lane posts it first if the budget allows; only
    # if it does not is it this lane's business, so it comes a little later.
    card, later = card_lane(thread.conversation_id), uow.now + _CARD_GRACE
    await lanes.make_due(
        uow.tx, [LaneDueTime(Queue.BACKGROUND, card, later, uow.staff_limit_key(thread))]
    )


async def _card_shown(uow: UnitOfWork, thread: Thread, outcome: Outcome) -> None:
    if thread.staff_card is not None:
        return
    still_there = and_(
        conversations.c.id == thread.conversation_id,
        conversations.c.staff_topic == thread.staff_topic,
        conversations.c.staff_card.is_(None),
    )
    result: Any = await uow.tx.execute(
        update(conversations).where(still_there).values(staff_card=outcome.card)
    )
    assert isinstance(result, CursorResult)  # noqa: S101 for the type checker
    if result.rowcount != 1:
        return  # another lane posted one first, or the topic was deleted with this one in it
    # The card was drawn from what was known when its lane was claimed; a change that was under way
    # then may bear an earlier time, so the times alone do not tell what the card shows.
    known = await find_thread(uow, thread.conversation_id)
    if known is not None and replace(known, staff_card=None) == thread:
        lane = card_lane(thread.conversation_id)
        await outbox.supersede(uow.tx, lane, OutboxKind.CARD, outcome.work.claimed_at)
    uow.pin_card(thread)


async def _write(settling: Settling) -> None:
    uow, tx = settling.uow, settling.uow.tx
    # First: under a lease that was lost, what the rest refers to may be gone (desk/clients/erasure.py).
    for (queue, token), next_due in settling.releases.items():
        await lanes.release(tx, queue, token, next_due)
    await outbox.settle(tx, settling.done, uow.now)
    if settling.copies:
        await tx.execute(insert(links), settling.copies)
    if settling.sent:
        await _mark_sent(tx, settling.sent)
        for message_id in dict.fromkeys(settling.sent):
            uow.events.add_delivery_changed(message_id)
    await _heed_receipts(settling)
    for asked, provider_id in settling.codes:
        await learned(uow, asked, provider_id)
    await uow.flush()


async def _heed_receipts(settling: Settling) -> None:
    """Heed receipts that came before it was known what they were about."""
    uow = settling.uow
    became: dict[ChannelId, dict[str, MessageId]] = {}
    for copy in settling.copies:
        if (
            copy["side"] is Side.CUSTOMER
            and uow.channels[copy["channel_id"]].traits.receipt_timeout
        ):
            became.setdefault(copy["channel_id"], {})[copy["provider_id"]] = copy["message_id"]
    for channel_id, each in became.items():
        await apply_early_receipts(uow, channel_id, each)


async def _mark_sent(tx: AsyncSession, ids: Sequence[MessageId]) -> None:
    await tx.execute(
        update(messages)
        .where(messages.c.id.in_(ids), messages.c.delivery_state == DeliveryState.PENDING)
        .values(delivery_state=DeliveryState.SENT)
    )
