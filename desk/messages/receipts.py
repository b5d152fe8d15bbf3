"""Receipts: what a provider tells of a message after it took it. They only ever lead up.

A receipt may come before the answer to the send that it is about: then it is kept until we know.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import insert

from db.dialect import get_table
from db.ids import ChannelId, MessageId
from db.queries.messages import receipts as queries
from db.queries.messages.receipts import STATE_RANKS, MessageState, OutboxRowState, StoredReceipt
from db.queues import lanes, outbox
from db.queues.lanes import LaneDueTime
from db.tables import DeliveryState, MessageLink, OutboxKind, OutboxState, Queue, Side
from desk.channels import ServedChannel
from desk.content import Content
from desk.conversations.notices import tell_beside
from desk.conversations.threads import thread_at, thread_by_id
from desk.lanes import person_gate
from desk.messages.drafts import keep_draft
from desk.unit_of_work import Desk

links = get_table(MessageLink)

# What a receipt can still turn into a failure: nobody has seen it arrive.
_UNSEEN = {DeliveryState.PENDING, DeliveryState.SENT, DeliveryState.UNCERTAIN}
# What the outbox says of a send that nobody saw the end of, and that a receipt told of.
BY_RECEIPT = "nobody saw its end; a receipt told that it was taken"
# What was told to have failed, or to be a draft.
_GIVEN_UP = {DeliveryState.FAILED, DeliveryState.HELD}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one of our messages got: SENT, DELIVERED, READ or FAILED."""

    # The customer's id, as the provider names it here.
    chat: str
    provider_id: str
    state: DeliveryState
    # The number of our outbox row, where the provider gives it back.
    errand: int | None = None
    # Why it failed, fit for an agent's eyes.
    reason: str | None = None
    # It failed because only a template may be sent.
    needs_template: bool = False

    @property
    def kept(self) -> StoredReceipt:
        return StoredReceipt(self.provider_id, self.state, self.reason, self.needs_template)


async def progressed(desk: Desk, channel: ServedChannel, progress: Progress) -> None:
    """Note how far a message got; what settles a doubt about its sending settles it."""
    thread = await thread_at(desk, channel, progress.chat)
    chat = thread.external_id if thread else progress.chat
    await desk.write_collected()
    sent = await queries.find_sent_message(desk.tx, channel.id, chat, progress.provider_id)
    if sent is not None:
        await apply(desk, sent, progress.kept)
        return
    row = await _errand(desk, channel.id, progress)
    if row is not None:  # whoever settles the send may have done so in this very moment
        sent = await queries.find_sent_message(desk.tx, channel.id, chat, progress.provider_id)
    if sent is not None:
        await apply(desk, sent, progress.kept)
        return
    if row is not None and row.state is OutboxState.UNCERTAIN:
        await _settle_doubt(desk, channel.id, chat, row, progress.kept)
        return
    if row is not None and row.message_id is None and row.state is OutboxState.DONE:
        return  # a notice of our own: nobody asks how far it got
    await queries.save_early_receipt(desk.tx, channel.id, progress.errand, progress.kept, desk.now)
    if row is not None and row.state is OutboxState.SENDING:
        await outbox.recheck_now(desk.tx, row.row_id, desk.now)
        gate = person_gate(channel.id, chat)
        await lanes.make_due(desk.tx, [LaneDueTime(Queue.CUSTOMER, row.lane, desk.now, gate)])


async def _errand(desk: Desk, channel_id: ChannelId, progress: Progress) -> OutboxRowState | None:
    """Read the send that a receipt is about, while nobody else settles it.

    Otherwise either of us could overlook what the other is about to write: the receipt, kept for
    when it is known what was sent, or what was sent.
    """
    if progress.errand is None:
        return None
    row = await queries.find_outbox_row(desk.tx, channel_id, progress.errand)
    if row is None:
        return None
    await lanes.lock_lane(desk.tx, Queue.CUSTOMER, row.lane)
    return await queries.find_outbox_row(desk.tx, channel_id, progress.errand)


async def apply(desk: Desk, sent: MessageState, kept: StoredReceipt) -> None:
    """Bring an answer's state up to date, and tell staff where it turned out otherwise."""
    if kept.state is DeliveryState.FAILED:
        if sent.state in _UNSEEN:
            await _failed(desk, sent, kept)
        return
    if STATE_RANKS[kept.state] <= STATE_RANKS.get(sent.state, 0):
        return
    await queries.set_delivery_state(desk.tx, sent.message_id, kept.state, None)
    desk.events.delivery(sent.message_id)
    thread = await thread_by_id(desk, sent.conversation_id)
    if sent.state in _GIVEN_UP and thread is not None:
        tell_beside(desk, thread, sent.message_id, "topic.arrived_after_all")


async def came_early(desk: Desk, channel_id: ChannelId, became: Mapping[str, MessageId]) -> None:
    """Apply what came before it was known what these messages became at the provider."""
    for kept in await queries.take_early_receipts(desk.tx, channel_id, list(became)):
        sent = await queries.find_message_state(desk.tx, became[kept.provider_id])
        if sent is not None:
            await apply(desk, sent, kept)


async def settles(desk: Desk, channel_id: ChannelId, chat: str, row_id: int) -> bool:
    """Settle a send that nobody saw the end of by a receipt that came for it; False: none did."""
    found = await queries.take_early_receipts_of_row(desk.tx, row_id)
    row = await queries.find_outbox_row(desk.tx, channel_id, row_id) if found else None
    if row is None:
        return False
    await _settle_doubt(desk, channel_id, chat, row, found[0])
    return True


async def _settle_doubt(
    desk: Desk, channel_id: ChannelId, chat: str, row: OutboxRowState, kept: StoredReceipt
) -> None:
    """Note that the provider did take what was uncertain."""
    await outbox.settle(desk.tx, [row.row_id], desk.now, error=BY_RECEIPT)
    if row.message_id is None:
        return
    was_asked = row.state is OutboxState.UNCERTAIN
    link = {
        "message_id": row.message_id,
        "channel_id": channel_id,
        "side": Side.CUSTOMER,
        "chat": chat,
        "provider_id": kept.provider_id,
    }
    await desk.tx.execute(insert(links), [link])
    sent = await queries.find_message_state(desk.tx, row.message_id)
    if sent is None:
        return
    await queries.set_delivery_state(desk.tx, sent.message_id, DeliveryState.SENT, None)
    desk.events.delivery(sent.message_id)
    thread = await thread_by_id(desk, sent.conversation_id)
    if was_asked and thread is not None:
        tell_beside(desk, thread, sent.message_id, "topic.arrived_after_all")
    await apply(desk, MessageState(sent.message_id, sent.conversation_id, DeliveryState.SENT), kept)


async def _failed(desk: Desk, sent: MessageState, kept: StoredReceipt) -> None:
    thread = await thread_by_id(desk, sent.conversation_id)
    if kept.needs_template and thread is not None:
        await keep_draft(desk, thread, sent.message_id)
        return
    reason = kept.reason or desk.for_staff("reason.unknown")
    await queries.set_delivery_state(desk.tx, sent.message_id, DeliveryState.FAILED, reason)
    desk.events.delivery(sent.message_id)
    if thread is not None:
        text = Content(text=desk.for_staff("topic.failed", reason=reason)).to_json()
        payload = {"content": text, "reply_to": sent.message_id}
        once = f"failed:{sent.message_id}"  # not for each part
        desk.to_staff(thread, OutboxKind.STAFF_NOTICE, payload, once=once)
