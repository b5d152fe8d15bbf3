"""Settle deliveries: record the outcomes of a group in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from db.ids import ChannelId, MessageId, SessionId
from db.queries.conversations import boards, queue_notices, staff_messages, staff_places
from db.queries.conversations.place import Place
from db.queries.conversations.threads import Thread
from db.queries.messages.delivery_states import mark_sent
from db.queries.messages.new_messages import NewCopy, add_copies
from db.queues import lanes, outbox
from db.queues.lanes import LaneDueTime
from db.queues.outbox import OutboxRow
from db.queues.payloads import CardPayload, GeneralPayload, NoticePayload
from db.tables import DeliveryState, OutboxKind, Queue, Side
from desk.broadcasts.results import record_sent
from desk.conversations.placing import leave_late_topic
from desk.conversations.threads import find_thread
from desk.delivery.boards import AnyBoard
from desk.delivery.card_details import load_card_details
from desk.delivery.delay_notice import clear_delay
from desk.delivery.failures import FailureHandler
from desk.delivery.ports import SendResult
from desk.delivery.topic_titles import build_topic_title, find_new_title
from desk.delivery.work import (
    OpenTopic,
    Outcome,
    PinCard,
    ShowBoard,
    ShowCard,
    ShowTitle,
)
from desk.events import DeliveryChanged
from desk.lanes import card_lane, staff_limit_key
from desk.linking.qr_message import save_message_id
from desk.messages.receipts import apply_early_receipts
from desk.outbox_items import build_for_card
from desk.unit_of_work import UnitOfWork

_CARD_GRACE = timedelta(seconds=1)


@dataclass(slots=True)
class Settlement:
    """The combined changes of a group of outcomes."""

    uow: UnitOfWork
    done: list[int] = field(default_factory=list)
    copies: list[NewCopy] = field(default_factory=list)
    sent: list[MessageId] = field(default_factory=list)
    # Of these, those that belong to broadcasts.
    broadcast: list[MessageId] = field(default_factory=list)
    # Sent QR code pictures: the payload that asked for the picture, and the provider's id.
    qr_pictures: list[tuple[GeneralPayload, str]] = field(default_factory=list)
    # Sent notices of a place in the queue, with the provider's ids.
    places: list[tuple[SessionId, str]] = field(default_factory=list)
    releases: dict[tuple[Queue, str], dict[str, datetime | None]] = field(default_factory=dict)


async def settle(uow: UnitOfWork, outcomes: Sequence[Outcome], failures: FailureHandler) -> None:
    """Settle a group of outcomes and release their lanes.

    Raises LeaseLostError if a lane was taken over: then nothing of the group may be committed.
    """
    settlement = Settlement(uow)
    for outcome in outcomes:
        due = await _settle_one(settlement, outcome, failures)
        key = outcome.work.queue, outcome.work.token
        settlement.releases.setdefault(key, {})[outcome.work.lane] = due
    noticed = [each for each in outcomes if each.work.queue is not Queue.BROADCAST]
    await clear_delay(uow, [row for outcome in noticed for row, _ in outcome.results])
    await _flush(settlement)


async def _settle_one(
    settlement: Settlement, outcome: Outcome, failures: FailureHandler
) -> datetime | None:
    """Settle one outcome; return when its lane is due next."""
    uow, work = settlement.uow, outcome.work
    for row, send_result in outcome.results:
        _record_sent(settlement, row, send_result, outcome)
        await _save_notice(uow, row, send_result, outcome)
    if outcome.error is not None:
        with work.named_in_log():
            return await failures.settle(uow, outcome)
    if outcome.failed:
        behind = [row.id for row in outcome.failed]
        await outbox.reschedule(uow.tx, behind, "", uow.now, counts=False)
        return uow.now
    match work.step:
        case OpenTopic(thread, place):
            await _save_topic(uow, thread, place, outcome.topic or "")
            return uow.now
        case ShowCard(thread, place, rows):
            settlement.done.extend(row.id for row in rows)
            await _save_card(uow, thread, place, outcome)
            _refresh_title(uow, thread, place)
            return uow.now
        case ShowTitle(thread, place, rows, title):
            settlement.done.extend(row.id for row in rows)
            if title is not None:
                await staff_places.save_title(uow.tx, thread.conversation_id, place, title.key)
        case ShowBoard(rows, board):
            settlement.done.extend(row.id for row in rows)
            await _save_board(uow, board, outcome)
        case PinCard(_, _, row):
            settlement.done.append(row.id)
        case _:
            pass
    return uow.now if work.has_more else None


def _record_sent(
    settlement: Settlement, row: OutboxRow, send_result: SendResult, outcome: Outcome
) -> None:
    settlement.done.append(row.id)
    if row.message_id is None:
        payload = row.payload
        if isinstance(payload, GeneralPayload) and payload.shows and send_result.provider_ids:
            settlement.qr_pictures.append((payload, send_result.provider_ids[0]))
        elif isinstance(payload, NoticePayload) and payload.place_of and send_result.provider_ids:
            settlement.places.append((payload.place_of, send_result.provider_ids[0]))
        return
    side = Side.CUSTOMER if outcome.work.queue.is_for_customers else Side.STAFF
    settlement.copies.extend(
        {
            "message_id": row.message_id,
            "channel_id": row.channel_id,
            "side": side,
            "chat": outcome.get_chat(row),
            "provider_id": provider_id,
        }
        for provider_id in send_result.provider_ids
    )
    if row.kind is OutboxKind.ANSWER:
        settlement.sent.append(row.message_id)
    if outcome.work.queue is Queue.BROADCAST:
        settlement.broadcast.append(row.message_id)


async def _save_notice(
    uow: UnitOfWork, row: OutboxRow, send_result: SendResult, outcome: Outcome
) -> None:
    """Save which conversation a notice is about, where no topic says it."""
    is_notice = row.message_id is None and row.place_id is not None
    if is_notice and outcome.work.step.topic is None and row.conversation_id is not None:
        await staff_messages.add_staff_messages(
            uow.tx,
            row.channel_id,
            outcome.get_chat(row),
            row.conversation_id,
            send_result.provider_ids,
        )


async def _save_topic(uow: UnitOfWork, thread: Thread, place: Place, topic: str) -> None:
    if not await staff_places.save_topic(uow.tx, thread.conversation_id, place, topic):
        current = await find_thread(uow, thread.conversation_id)
        if current is not None:
            await leave_late_topic(uow, current, replace(place, topic=topic))
        return
    opened = replace(place, topic=topic)
    title = build_topic_title(thread).key
    await staff_places.save_title(uow.tx, thread.conversation_id, opened, title)
    # The card waited for its topic. The messages' lane posts it first if the rate limit allows.
    # Only otherwise does this lane post it, so it is due a little later.
    card, later = card_lane(place.id), uow.now + _CARD_GRACE
    await lanes.make_due(
        uow.tx, [LaneDueTime(Queue.BACKGROUND, card, later, staff_limit_key(place))]
    )


async def _save_card(uow: UnitOfWork, thread: Thread, place: Place, outcome: Outcome) -> None:
    if place.card is not None:
        return
    if not place.in_topic and outcome.card is not None:
        where = place.channel_id, place.chat, thread.conversation_id
        await staff_messages.add_staff_messages(uow.tx, *where, [outcome.card])
    known = await find_thread(uow, thread.conversation_id)
    if not await staff_places.save_card(uow.tx, thread.conversation_id, place, outcome.card):
        return  # another lane posted one first, or the topic was deleted with this card in it
    # The card was drawn from the state at the time of the claim. A change that was in progress then
    # may have an earlier time, so the times alone do not tell what the card shows.
    if known is not None:
        await load_card_details(uow.tx, [known])
    if known == thread:
        lane = card_lane(place.id)
        await outbox.supersede(uow.tx, lane, OutboxKind.CARD, outcome.work.claimed_at)
    if place.in_topic:  # elsewhere the cards of several conversations stand in one chat
        uow.pin_card(thread, place)


def _refresh_title(uow: UnitOfWork, thread: Thread, place: Place) -> None:
    """Let the topic's title follow the card, when there is room for it."""
    if find_new_title(thread, place) is not None:
        title = CardPayload(is_title=True)
        uow.outbox_items.append(build_for_card(thread, place, title, uow.now))


async def _save_board(uow: UnitOfWork, board: AnyBoard, outcome: Outcome) -> None:
    if board.message is None:
        await boards.save_message(uow.tx, board.channel_id, board.chat, outcome.card)
    # It showed the state of its claim: what was put before then says nothing new.
    lane = outcome.work.lane
    await outbox.supersede(uow.tx, lane, OutboxKind.CARD, outcome.work.claimed_at)


async def _flush(settlement: Settlement) -> None:
    uow, tx = settlement.uow, settlement.uow.tx
    # Release first: if a lease was lost, the rows below may be gone (desk/clients/erasure.py).
    for (queue, token), next_due in settlement.releases.items():
        await lanes.release(tx, queue, token, next_due)
    await outbox.settle(tx, settlement.done, uow.now)
    await add_copies(tx, settlement.copies)
    await mark_sent(tx, settlement.sent)
    await record_sent(uow, settlement.broadcast)
    for message_id in dict.fromkeys(settlement.sent):
        uow.events.add(DeliveryChanged(message_id, DeliveryState.SENT))
    await _apply_early_receipts(settlement)
    for asked, provider_id in settlement.qr_pictures:
        await save_message_id(uow, asked, provider_id)
    for session_id, provider_id in settlement.places:
        await queue_notices.save_message(tx, session_id, provider_id)
    await uow.flush()


async def _apply_early_receipts(settlement: Settlement) -> None:
    """Apply receipts that came before their message was known."""
    uow = settlement.uow
    became: dict[ChannelId, dict[str, MessageId]] = {}
    for copy in settlement.copies:
        if (
            copy["side"] is Side.CUSTOMER
            and uow.channels[copy["channel_id"]].traits.receipt_timeout
        ):
            became.setdefault(copy["channel_id"], {})[copy["provider_id"]] = copy["message_id"]
    for channel_id, each in became.items():
        await apply_early_receipts(uow, channel_id, each)
