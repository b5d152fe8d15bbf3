"""Uncertain replies, which may or may not have arrived: a person decides, once."""

from dataclasses import replace

from sqlalchemy import select, update

from db.dialect import count_changed, get_table
from db.ids import ConversationId, MessageId
from db.queries.accounts.accounts import BoundAgent
from db.queries.conversations.threads import Thread
from db.queues import outbox as queue
from db.queues.payloads import AnswerPayload
from db.tables import DeliveryState, Message, Outbox, OutboxState
from desk.audit import add_entry
from desk.content import Content
from desk.conversations.notices import notify_beside
from desk.messages import drafts, window
from desk.messages.outbound import enqueue_reply
from desk.unit_of_work import UnitOfWork

outbox = get_table(Outbox)
messages = get_table(Message)


async def find_conversation(uow: UnitOfWork, row_id: int) -> ConversationId | None:
    """Find the conversation of an outbox row."""
    found: ConversationId | None = await uow.tx.scalar(
        select(outbox.c.conversation_id).where(outbox.c.id == row_id)
    )
    return found


async def resend(uow: UnitOfWork, thread: Thread, agent: BoundAgent | None, row_id: int) -> bool:
    """Send an uncertain reply again; return False if it was settled already.

    If the window is closed, it becomes a draft.
    """
    if not await _settle(uow, row_id, OutboxState.FAILED):
        return False
    row = await queue.read_row(uow.tx, row_id)
    answer, message_id = row.payload, row.message_id
    assert isinstance(answer, AnswerPayload)  # noqa: S101 agents are asked about nothing else
    assert message_id is not None  # noqa: S101 as above
    await _set_state(uow, message_id, DeliveryState.PENDING)
    add_entry(uow, agent, "answer.send_again", message_id)
    sent = answer.content
    is_open = window.can_send(thread, uow.channel_of(thread), sent, uow.now)
    # A reply that was partly sent cannot be a draft: the courier reports that the rest is refused.
    if not is_open and not await queue.has_started_sending(uow.tx, message_id, but=[row_id]):
        await drafts.save_draft(uow, thread, message_id)
        return True
    content = await _load_current_content(uow, message_id, sent)
    enqueue_reply(uow, thread, message_id, content, answer.reply_to)
    return True


async def settle_all(
    uow: UnitOfWork, thread: Thread, agent: BoundAgent, message_id: MessageId, *, arrived: bool
) -> bool:
    """Settle every uncertain part of a reply, and tell the topic; return False if there is none."""
    doubtful = (outbox.c.message_id == message_id, outbox.c.state == OutboxState.UNCERTAIN)
    found = await uow.tx.scalars(select(outbox.c.id).where(*doubtful).order_by(outbox.c.id))
    settled = [
        await mark_arrived(uow, agent, row_id)
        if arrived
        else await resend(uow, thread, agent, row_id)
        for row_id in found.all()
    ]
    if not any(settled):
        return False
    key = "topic.arrived_by" if arrived else "topic.resent_by"
    notify_beside(uow, thread, message_id, key, agent=agent.name)
    return True


async def _load_current_content(uow: UnitOfWork, message_id: MessageId, sent: Content) -> Content:
    """Return what to send: the edited text, because an edit made meanwhile found no copy to change.

    One of several parts is sent unchanged: it is not known which part of the new text it would be.
    """
    rows = await uow.tx.execute(
        select(messages.c.message, messages.c.entities, messages.c.history).where(
            messages.c.id == message_id
        )
    )
    kept = rows.one()
    was_whole = any(earlier["message"] == sent.text for earlier in kept.history or ())
    return replace(sent, text=kept.message, entities=kept.entities) if was_whole else sent


async def mark_arrived(uow: UnitOfWork, agent: BoundAgent | None, row_id: int) -> bool:
    """Mark an uncertain reply as arrived; return False if it was settled already."""
    message_id = await uow.tx.scalar(select(outbox.c.message_id).where(outbox.c.id == row_id))
    if message_id is None or not await _settle(uow, row_id, OutboxState.DONE):
        return False
    await _set_state(uow, message_id, DeliveryState.SENT)
    add_entry(uow, agent, "answer.arrived", message_id)
    return True


async def _settle(uow: UnitOfWork, row_id: int, state: OutboxState) -> bool:
    result = await uow.tx.execute(
        update(outbox)
        .where(outbox.c.id == row_id, outbox.c.state == OutboxState.UNCERTAIN)
        .values(state=state)
    )
    return count_changed(result) == 1


async def _set_state(uow: UnitOfWork, message_id: MessageId, state: DeliveryState) -> None:
    uow.events.add_delivery_changed(message_id)
    await uow.tx.execute(
        update(messages)
        .where(messages.c.id == message_id)
        .values(delivery_state=state, delivery_error=None)
    )
