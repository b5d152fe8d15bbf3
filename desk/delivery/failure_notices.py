"""What staff reads about a delivery that failed, beside what it is about."""

from collections.abc import Sequence

from sqlalchemy import update

from db.dialect import get_table
from db.queues import outbox
from db.queues.outbox import OutboxRow
from db.tables import DeliveryState, Message, OutboxKind, Queue
from desk.content import Content
from desk.conversations.notices import tell_beside
from desk.conversations.threads import thread_by_id
from desk.errors import ChannelStopped, FileRefused, Rejected, Uncertain
from desk.messages.drafts import keep_draft
from desk.unit_of_work import Desk

messages = get_table(Message)

# What is told of these stands as a reply to the agent's or the copied message.
_TOLD_BESIDE = {OutboxKind.ANSWER, OutboxKind.EDIT, OutboxKind.DELETE}


async def ask_about(desk: Desk, row: OutboxRow, error: Uncertain) -> None:
    """Ask the agent whether an answer arrived: nobody else can know."""
    if row.kind is OutboxKind.ANSWER:
        await _mark(desk, row, DeliveryState.UNCERTAIN, str(error))
        buttons = [
            [
                {"text": desk.for_staff("topic.send_again"), "data": f"again:{row.id}"},
                {"text": desk.for_staff("topic.it_arrived"), "data": f"arrived:{row.id}"},
            ]
        ]
        await _tell_topic(desk, row, desk.for_staff("topic.uncertain"), buttons)


def tell_stopped(desk: Desk, rows: Sequence[OutboxRow], error: ChannelStopped) -> None:
    """Tell the staff groups, once a day, that a channel sends nothing until somebody mends it."""
    for channel_id in {row.channel_id for row in rows}:
        channel = desk.channels[channel_id]
        text = desk.for_staff("general.stopped", channel=channel.name, reason=str(error))
        for group in channel.staff_groups:
            once = f"stopped:{channel_id}:{group}:{desk.now:%Y-%m-%d}"
            desk.tell_chat(channel.staff_channel_id, group, text, group=True, once=once)


async def tell_staff(desk: Desk, queue: Queue, row: OutboxRow, error: Rejected) -> None:
    """Show staff what was refused, where the agent sees it."""
    if row.kind is OutboxKind.EDIT:
        await _tell_edit(desk, queue, row, error)
    elif row.kind is OutboxKind.DELETE:
        await _tell_deletion(desk, row, error)
    elif row.kind is OutboxKind.ANSWER:
        await _mark(desk, row, DeliveryState.FAILED, str(error))
        text = desk.for_staff("topic.failed", reason=str(error))
        await _tell_topic(desk, row, text, once=f"failed:{row.message_id}")  # not for each part
    elif row.kind is OutboxKind.REACTION and queue is not Queue.CUSTOMER:
        await _tell_reaction(desk, row)
    elif row.kind is OutboxKind.COPY:
        kind, by = row.payload.get("content", {}).get("type", "?"), row.payload.get("by")
        key = "topic.cannot_show" if by else "topic.cannot_copy"
        text = desk.for_staff(key, type=kind, reason=str(error), agent=by)
        words = row.payload.get("content", {}).get("text")
        await _tell_topic(desk, row, f"{text}\n\n{words}" if words else text)
        if isinstance(error, FileRefused) and not by:
            await _tell_customer(desk, row)


async def _tell_reaction(desk: Desk, row: OutboxRow) -> None:
    """Say how a customer reacted where staff's channel has no such reaction."""
    about, emoji = row.payload.get("message"), row.payload.get("emoji")
    thread = await thread_by_id(desk, row.conversation_id) if row.conversation_id else None
    if thread is not None and about and emoji:
        # What they reacted with before is over.
        desk.to_staff(thread, OutboxKind.REACTION, {"message": about, "emoji": ""})
        tell_beside(desk, thread, about, "topic.customer_reacted", emoji=emoji)


async def _tell_customer(desk: Desk, row: OutboxRow) -> None:
    """Tell a customer that nobody could see the file that they sent."""
    thread = await thread_by_id(desk, row.conversation_id) if row.conversation_id else None
    if thread is not None and not thread.is_blocked:
        content = Content(text=desk.for_customer(thread, "customer.file_not_shown")).to_json()
        payload = {"content": content, "reply_to": row.message_id}
        once = f"file:{row.message_id}"
        desk.to_customer(thread, OutboxKind.NOTICE, payload, once=once)


async def keep_as_draft(desk: Desk, rows: Sequence[OutboxRow]) -> bool:
    """Keep the answer that the closed window refused, the first of `rows`, as a draft.

    False where it is none, or some of it was sent: sent as a whole later it would say that twice.
    """
    row = rows[0]
    is_template = Content.from_json(row.payload.get("content", {"type": "OTHER"})).is_template
    if row.kind is not OutboxKind.ANSWER or row.message_id is None or is_template:
        return False
    thread = await thread_by_id(desk, row.conversation_id) if row.conversation_id else None
    if thread is None or await outbox.has_started_sending(
        desk.tx, row.message_id, but=[each.id for each in rows]
    ):
        return False
    if await keep_draft(desk, thread, row.message_id):
        await outbox.cancel_pending(desk.tx, row.message_id, OutboxKind.ANSWER, desk.now)
    return True


async def _tell_edit(desk: Desk, queue: Queue, row: OutboxRow, error: Rejected) -> None:
    """Show staff an edit that reached nobody, or what a customer's message says by now."""
    if queue is Queue.CUSTOMER:
        await _tell_topic(desk, row, desk.for_staff("topic.edit_refused", reason=str(error)))
    elif words := row.payload.get("content", {}).get("text"):
        by = row.payload.get("by")
        key = "topic.changed_anew" if by else "topic.edited_anew"
        edited = desk.for_staff(key, agent=by)
        await _tell_topic(desk, row, f"{edited}\n\n{words}")


async def _tell_deletion(desk: Desk, row: OutboxRow, error: Rejected) -> None:
    """Show staff that the customer still sees an answer, which is not marked as deleted then."""
    if row.message_id is None:
        return
    still = update(messages).where(messages.c.id == row.message_id).values(deleted_at=None)
    await desk.tx.execute(still)
    desk.events.message_edited(row.message_id)
    await _tell_topic(desk, row, desk.for_staff("topic.delete_refused", reason=str(error)))


async def _tell_topic(
    desk: Desk,
    row: OutboxRow,
    text: str,
    buttons: list[list[dict[str, str]]] | None = None,
    *,
    once: str | None = None,
) -> None:
    if row.conversation_id is None:
        return
    thread = await thread_by_id(desk, row.conversation_id)
    if thread is not None:
        payload = {
            "content": Content(text=text).to_json(),
            "buttons": buttons or [],
            "reply_to": row.message_id if row.kind in _TOLD_BESIDE else None,
        }
        desk.to_staff(thread, OutboxKind.STAFF_NOTICE, payload, once=once)


async def _mark(desk: Desk, row: OutboxRow, state: DeliveryState, reason: str) -> None:
    if row.message_id is not None:
        desk.events.delivery(row.message_id)
    await desk.tx.execute(
        update(messages)
        .where(messages.c.id == row.message_id)
        .values(delivery_state=state, delivery_error=reason[:500])
    )
