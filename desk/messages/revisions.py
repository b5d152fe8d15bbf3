"""Change or delete replies and notes outside the topic."""

from db.queries.conversations.threads import Thread
from db.queries.messages.message_rows import MessageRow
from db.queries.messages.revisions import mark_deleted_unsent, set_deleted
from db.queues import outbox
from db.queues.payloads import DeletePayload, EditPayload
from db.tables import DeliveryState, Direction, MessageType, OutboxKind
from desk.actors import AgentActor
from desk.audit import add_entry
from desk.content import Content
from desk.conversations.notices import notify_beside
from desk.events import MessageDeleted
from desk.formatting.captions import CAPTION_LIMIT
from desk.formatting.splitting import Entities, utf16_length
from desk.messages.attribution import add_author
from desk.messages.edits import Change, apply_edit
from desk.messages.from_api import has_bot_copy
from desk.unit_of_work import UnitOfWork

_CAPTIONED = {
    MessageType.IMAGE,
    MessageType.FILE,
    MessageType.VIDEO,
    MessageType.AUDIO,
    MessageType.VOICE,
    MessageType.ANIMATION,
}


class RevisionError(Exception):
    """A change that is not possible with this message; the text says why and what to do."""


async def change_text(
    uow: UnitOfWork,
    thread: Thread,
    agent: AgentActor,
    row: MessageRow,
    text: str | None,
    *,
    entities: Entities = None,
) -> None:
    """Change the text of a reply or a note, at the customer's and in the topic.

    Raises RevisionError.
    """
    said = Content(type=row.message_type, text=text, entities=entities, file=row.file)
    _check_change(row, said)
    if await apply_edit(uow, row.id, said) is Change.NOTHING:
        return
    add_entry(uow, agent, "answer.change", row.id)
    if row.direction is Direction.OUTBOUND:
        uow.enqueue_for_customer(thread, EditPayload(said, row.id), message_id=row.id)
    if has_bot_copy(row.attributes):  # the copy in the topic is the bot's own
        author = row.author_name or agent.name
        shown = add_author(said, author, is_note=row.direction is Direction.INTERNAL)
        edit = EditPayload(shown, row.id, by=agent.name)
        uow.enqueue_for_staff(thread, edit, message_id=row.id)
    else:
        notify_beside(uow, thread, row.id, "topic.changed_by", more=text, agent=agent.name)


def _check_change(row: MessageRow, said: Content) -> None:
    _check(row)
    if row.deleted_at is not None:
        raise RevisionError("this message was deleted")
    if row.attributes and "template" in row.attributes:
        raise RevisionError("a sent template cannot be changed")
    if said.is_text:
        if not said.text:
            raise RevisionError("a text cannot be empty: delete it instead")
    elif row.message_type not in _CAPTIONED:
        raise RevisionError("this type of message has no text to change")
    elif utf16_length(said.text or "") > CAPTION_LIMIT:
        raise RevisionError(f"a caption has at most {CAPTION_LIMIT} UTF-16 code units")


async def delete_message(
    uow: UnitOfWork, thread: Thread, agent: AgentActor, row: MessageRow
) -> None:
    """Delete a reply at the customer's, or a note; keep its text, and send the topic a notice.

    A reply that was not sent yet is not sent. Raises RevisionError.
    """
    _check(row)
    if row.delivery_state is DeliveryState.UNCERTAIN:
        raise RevisionError("it is not known whether this message arrived: settle it first")
    if row.deleted_at is not None:
        return
    stopped = await outbox.cancel_pending(uow.tx, row.id, OutboxKind.ANSWER, uow.now)
    is_held = row.delivery_state is DeliveryState.HELD
    if is_held or stopped > 0:
        await mark_deleted_unsent(uow.tx, row.id, uow.now)
    else:
        await set_deleted(uow.tx, row.id, uow.now)
    uow.events.add(MessageDeleted(row.session_id, row.id))
    add_entry(uow, agent, "answer.delete", row.id)
    is_answer = row.direction is Direction.OUTBOUND
    if is_answer:  # also if it was cancelled: it may have been on its way at that moment
        uow.enqueue_for_customer(thread, DeletePayload(row.id), message_id=row.id)
    key = "topic.taken_back" if is_answer else "topic.note_deleted"
    notify_beside(uow, thread, row.id, key, agent=agent.name)


def _check(row: MessageRow) -> None:
    if row.direction is Direction.INBOUND:
        raise RevisionError("a customer's message cannot be changed or deleted")
