"""Uncertain replies, which may or may not have arrived: a person decides, once."""

from dataclasses import replace

from db.ids import ConversationId, MessageId
from db.queries.conversations.place import Place
from db.queries.conversations.threads import Thread
from db.queries.messages.delivery_states import set_delivery_state
from db.queries.messages.message_rows import read_message
from db.queues import outbox
from db.queues import uncertain as queries
from db.queues.payloads import AnswerPayload, Buttons
from db.tables import DeliveryState, OutboxState
from desk.actors import Actor
from desk.audit import add_entry
from desk.content import Content
from desk.conversations.notices import notify_beside
from desk.events import DeliveryChanged
from desk.formatting.splitting import split_content
from desk.messages import drafts, window
from desk.messages.replies import enqueue_reply
from desk.unit_of_work import UnitOfWork


def build_question(uow: UnitOfWork, row_id: int) -> tuple[str, Buttons]:
    """Build the question whether an answer arrived, with a button for each decision."""
    buttons = [
        [
            {"text": uow.text_for_staff("topic.send_again"), "data": f"again:{row_id}"},
            {"text": uow.text_for_staff("topic.it_arrived"), "data": f"arrived:{row_id}"},
        ]
    ]
    return uow.text_for_staff("topic.uncertain"), buttons


async def ask_again(uow: UnitOfWork, thread: Thread, place: Place) -> None:
    """Ask in a new place about each answer of which nobody knows whether it arrived."""
    for row_id, message_id in await queries.list_uncertain_answers(uow.tx, thread.conversation_id):
        question, buttons = build_question(uow, row_id)
        words = (await read_message(uow.tx, message_id)).message
        text = f"{question}\n\n{words}" if words else question
        for part in split_content(Content(text=text)):
            uow.enqueue_staff_notice(thread, part, buttons=buttons, places=[place])
            buttons = []


async def find_reply(uow: UnitOfWork, row_id: int) -> tuple[ConversationId, MessageId] | None:
    """Find the conversation and the message of an outbox row."""
    subject = await queries.find_subject(uow.tx, row_id)
    if subject is None or subject.conversation_id is None or subject.message_id is None:
        return None
    return subject.conversation_id, subject.message_id


async def resend(uow: UnitOfWork, thread: Thread, agent: Actor, row_id: int) -> bool:
    """Send an uncertain reply again; return False if it was settled already.

    If the window is closed, it becomes a draft.
    """
    if not await queries.settle_uncertain(uow.tx, row_id, OutboxState.FAILED):
        return False
    row = await outbox.read_row(uow.tx, row_id)
    answer, message_id = row.payload, row.message_id
    assert isinstance(answer, AnswerPayload)  # noqa: S101 agents are asked about nothing else
    assert message_id is not None  # noqa: S101 as above
    await _set_state(uow, message_id, DeliveryState.PENDING)
    add_entry(uow, agent, "answer.send_again", message_id)
    sent = answer.content
    is_open = window.can_send(thread, uow.channel_of(thread), sent, uow.now)
    # A reply that was partly sent cannot be a draft: the courier reports that the rest is refused.
    if not is_open and not await outbox.has_started_sending(uow.tx, message_id, but=[row_id]):
        await drafts.save_draft(uow, thread, message_id)
        return True
    content = await _load_current_content(uow, message_id, sent)
    enqueue_reply(uow, thread, message_id, content, answer.reply_to)
    return True


async def settle_all(
    uow: UnitOfWork, thread: Thread, agent: Actor, message_id: MessageId, *, arrived: bool
) -> bool:
    """Settle every uncertain part of a reply, and tell the topic; return False if there is none."""
    settled = [
        await mark_arrived(uow, agent, row_id)
        if arrived
        else await resend(uow, thread, agent, row_id)
        for row_id in await queries.list_uncertain_rows(uow.tx, message_id)
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
    kept = await read_message(uow.tx, message_id)
    was_whole = any(earlier["message"] == sent.text for earlier in kept.history or ())
    return replace(sent, text=kept.message, entities=kept.entities) if was_whole else sent


async def mark_arrived(uow: UnitOfWork, agent: Actor, row_id: int) -> bool:
    """Mark an uncertain reply as arrived; return False if it was settled already."""
    subject = await queries.find_subject(uow.tx, row_id)
    if subject is None or subject.message_id is None:
        return False
    if not await queries.settle_uncertain(uow.tx, row_id, OutboxState.DONE):
        return False
    await _set_state(uow, subject.message_id, DeliveryState.SENT)
    add_entry(uow, agent, "answer.arrived", subject.message_id)
    return True


async def _set_state(uow: UnitOfWork, message_id: MessageId, state: DeliveryState) -> None:
    uow.events.add(DeliveryChanged(message_id, state))
    await set_delivery_state(uow.tx, message_id, state, None)
