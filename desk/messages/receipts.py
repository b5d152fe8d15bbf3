"""Receipts: the delivery status that a provider reports after it accepted a message.

A status never goes backwards. A receipt may come before the response to the send that it is about:
then it is stored until the message is known.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import structlog

from db.content import BROADCAST
from db.ids import ChannelId, MessageId
from db.queries.messages import receipts as queries
from db.queries.messages.delivery_states import set_delivery_state
from db.queries.messages.message_rows import find_message
from db.queries.messages.new_messages import NewCopy, add_copies
from db.queries.messages.receipts import STATE_RANKS, MessageState, OutboxRowState, StoredReceipt
from db.queues import lanes, outbox
from db.queues.lanes import LaneDueTime
from db.tables import NOT_SENT, DeliveryState, OutboxState, Queue, Side
from desk.channels import ServedChannel
from desk.content import Person
from desk.conversations.notices import notify_beside
from desk.conversations.threads import find_thread, find_thread_by_address, update_contact
from desk.events import DeliveryChanged
from desk.formatting.masking import mask_numbers
from desk.lanes import find_customer_queue, person_limit_key
from desk.messages.drafts import save_draft
from desk.unit_of_work import UnitOfWork

log = structlog.get_logger(__name__)

# States that a receipt can still turn into a failure: the message was not seen to arrive.
_UNSEEN = {DeliveryState.PENDING, DeliveryState.SENT, DeliveryState.UNCERTAIN}
# The outbox row's error text for a send without a known end that a receipt confirmed.
SETTLED_BY_RECEIPT = "the result of this send was unknown; a receipt confirmed it"


@dataclass(frozen=True, slots=True)
class DeliveryReceipt:
    """How far one of our messages got: SENT, DELIVERED, READ or FAILED."""

    # The customer's id, as the provider names it here.
    chat: str
    provider_id: str
    state: DeliveryState
    # The id of our outbox row, if the provider returns it.
    outbox_id: int | None = None
    # Why it failed, in words for an agent.
    reason: str | None = None
    # It failed because only a template may be sent.
    needs_template: bool = False

    @property
    def as_stored(self) -> StoredReceipt:
        return StoredReceipt(self.provider_id, self.state, self.reason, self.needs_template)


async def receive_receipt(
    uow: UnitOfWork, channel: ServedChannel, receipt: DeliveryReceipt
) -> None:
    """Save a message's new delivery status; if the send was uncertain, settle it."""
    thread = await find_thread_by_address(uow, channel, receipt.chat)
    chat = thread.external_id if thread else receipt.chat
    await uow.flush_messages()
    sent = await queries.find_sent_message(uow.tx, channel.id, chat, receipt.provider_id)
    if sent is not None:
        await apply_status(uow, sent, receipt.as_stored)
        return
    row = await _load_outbox_row(uow, channel.id, receipt)
    if row is not None:  # another worker may have settled the send just now
        sent = await queries.find_sent_message(uow.tx, channel.id, chat, receipt.provider_id)
        sent = sent or await _find_by_own_number(uow, channel, row, receipt)
    if sent is not None:
        await apply_status(uow, sent, receipt.as_stored)
        return
    if row is not None and _is_uncertain(row):
        await _settle_uncertain(uow, channel.id, chat, row, receipt.as_stored)
        return
    if row is not None and row.message_id is None and row.state is OutboxState.DONE:
        return  # a notice of our own: its status is shown nowhere
    await queries.save_early_receipt(
        uow.tx, channel.id, receipt.outbox_id, receipt.as_stored, uow.now
    )
    if row is not None and row.state is OutboxState.SENDING:
        await outbox.recheck_now(uow.tx, row.row_id, uow.now)
        rate_limit_key = person_limit_key(channel.id, chat)
        await lanes.make_due(
            uow.tx,
            [LaneDueTime(find_customer_queue(row.lane), row.lane, uow.now, rate_limit_key)],
        )


def _is_uncertain(row: OutboxRowState) -> bool:
    """Check for a send without a known end; of a broadcast, nobody was asked about it."""
    is_broadcast = find_customer_queue(row.lane) is Queue.BROADCAST
    return row.state is (OutboxState.FAILED if is_broadcast else OutboxState.UNCERTAIN)


async def _find_by_own_number(
    uow: UnitOfWork, channel: ServedChannel, row: OutboxRowState, receipt: DeliveryReceipt
) -> MessageState | None:
    """Find an answer by our row's id, where the provider gives the customer another name.

    What is written under that name later is the same customer's.
    """
    if row.message_id is None:
        return None
    sent = await queries.find_sent_copy(uow.tx, channel.id, row.message_id, receipt.provider_id)
    thread = await find_thread(uow, sent.conversation_id) if sent is not None else None
    if thread is not None and receipt.chat:
        person = Person(thread.external_id, thread.name, alias=receipt.chat)
        await update_contact(uow, thread, person)
    return sent


async def _load_outbox_row(
    uow: UnitOfWork, channel_id: ChannelId, receipt: DeliveryReceipt
) -> OutboxRowState | None:
    """Load the outbox row that a receipt is about, with its lane locked against other settlements.

    Without the lock, this transaction and the settlement could each miss what the other is about to
    write: the stored receipt, or the sent message.
    """
    if receipt.outbox_id is None:
        return None
    row = await queries.find_outbox_row(uow.tx, channel_id, receipt.outbox_id)
    if row is None:
        return None
    await lanes.lock_lane(uow.tx, find_customer_queue(row.lane), row.lane)
    return await queries.find_outbox_row(uow.tx, channel_id, receipt.outbox_id)


async def apply_status(uow: UnitOfWork, sent: MessageState, kept: StoredReceipt) -> None:
    """Update a reply's delivery state, and tell staff if it differs from what they were told."""
    if kept.state is DeliveryState.FAILED:
        if sent.state in _UNSEEN or _becomes_draft(sent, kept):
            await _mark_failed(uow, sent, kept)
        return
    if STATE_RANKS[kept.state] <= STATE_RANKS.get(sent.state, 0):
        return
    await set_delivery_state(uow.tx, sent.message_id, kept.state, None)
    uow.events.add(DeliveryChanged(sent.message_id, kept.state, sent.state))
    thread = await find_thread(uow, sent.conversation_id)
    if sent.state in NOT_SENT and thread is not None and not await _is_broadcast(uow, sent):
        notify_beside(uow, thread, sent.message_id, "topic.arrived_after_all")


def _becomes_draft(sent: MessageState, kept: StoredReceipt) -> bool:
    """Check for a closed window reported after another failure: a draft can still be sent."""
    return kept.needs_template and sent.state is DeliveryState.FAILED


async def apply_early_receipts(
    uow: UnitOfWork, channel_id: ChannelId, became: Mapping[str, MessageId]
) -> None:
    """Apply the receipts that came before these messages' provider ids were known."""
    for kept in await queries.take_early_receipts(uow.tx, channel_id, list(became)):
        sent = await queries.find_message_state(uow.tx, became[kept.provider_id])
        if sent is not None:
            await apply_status(uow, sent, kept)


async def settle_by_receipt(uow: UnitOfWork, channel_id: ChannelId, chat: str, row_id: int) -> bool:
    """Settle a send without a known end by a stored receipt; return False if there is none."""
    found = await queries.take_early_receipts_of_row(uow.tx, row_id)
    row = await queries.find_outbox_row(uow.tx, channel_id, row_id) if found else None
    if row is None:
        return False
    await _settle_uncertain(uow, channel_id, chat, row, found[0])
    return True


async def _settle_uncertain(
    uow: UnitOfWork, channel_id: ChannelId, chat: str, row: OutboxRowState, kept: StoredReceipt
) -> None:
    """Settle an uncertain send as accepted by the provider."""
    await outbox.settle(uow.tx, [row.row_id], uow.now, error=SETTLED_BY_RECEIPT)
    if row.message_id is None:
        return
    was_asked = row.state is OutboxState.UNCERTAIN
    copy: NewCopy = {
        "message_id": row.message_id,
        "channel_id": channel_id,
        "side": Side.CUSTOMER,
        "chat": chat,
        "provider_id": kept.provider_id,
    }
    await add_copies(uow.tx, [copy])
    sent = await queries.find_message_state(uow.tx, row.message_id)
    if sent is None:
        return
    await set_delivery_state(uow.tx, sent.message_id, DeliveryState.SENT, None)
    uow.events.add(DeliveryChanged(sent.message_id, DeliveryState.SENT, sent.state))
    thread = await find_thread(uow, sent.conversation_id)
    if was_asked and thread is not None:
        notify_beside(uow, thread, sent.message_id, "topic.arrived_after_all")
    await apply_status(
        uow, MessageState(sent.message_id, sent.conversation_id, DeliveryState.SENT), kept
    )
    # Receipts that did not name our row were stored under the provider's id.
    await apply_early_receipts(uow, channel_id, {kept.provider_id: row.message_id})


async def _is_broadcast(uow: UnitOfWork, sent: MessageState) -> bool:
    """Check for a message of a broadcast: staff is not told of each of them."""
    row = await find_message(uow.tx, sent.message_id)
    return row is not None and BROADCAST in (row.attributes or {})


async def _mark_failed(uow: UnitOfWork, sent: MessageState, kept: StoredReceipt) -> None:
    thread = await find_thread(uow, sent.conversation_id)
    is_broadcast = await _is_broadcast(uow, sent)
    log.info(
        "delivery.failed",
        consequence="WindowClosed" if kept.needs_template else "Rejected",
        reason=mask_numbers(kept.reason or ""),
        conversation=sent.conversation_id,
        session=thread.session_id if thread else None,
        messages=[sent.message_id],
    )
    if kept.needs_template and thread is not None and not is_broadcast:
        await save_draft(uow, thread, sent.message_id)
        return
    reason = kept.reason or uow.text_for_staff("reason.unknown")
    await set_delivery_state(uow.tx, sent.message_id, DeliveryState.FAILED, reason)
    uow.events.add(DeliveryChanged(sent.message_id, DeliveryState.FAILED))
    if thread is not None and not is_broadcast:
        text = uow.text_for_staff("topic.failed", reason=reason)
        dedup_key = f"failed:{sent.message_id}"  # one notice for the message, not one for each part
        uow.enqueue_staff_notice(thread, text, reply_to=sent.message_id, dedup_key=dedup_key)
