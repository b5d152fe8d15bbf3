"""What staff wrote that may be internal: hold it, ask about it, and do what is chosen."""

from dataclasses import replace

from db.ids import MessageId
from db.queries.conversations.recent_notes import save_recent_notes
from db.queries.conversations.threads import Thread
from db.queries.messages import together
from db.queries.messages.message_rows import MessageRow
from db.queries.messages.together import HELD_WITH
from db.queues import outbox
from db.queues.payloads import AnswerPayload, Buttons
from db.tables import DeliveryState, Direction, OutboxKind
from desk.actors import Actor, AgentActor
from desk.causes import Cause
from desk.content import IncomingMessage
from desk.conversations.notices import reply_to_staff
from desk.messages import outbound, revisions
from desk.messages.context import FORWARDED_FROM
from desk.messages.effects import prepare_session, record_effects
from desk.messages.internal_words import (
    Writing,
    find_note_before,
    is_internal,
    is_note,
    remember,
)
from desk.unit_of_work import UnitOfWork


async def keep_note(
    uow: UnitOfWork, thread: Thread, author: Actor, said: IncomingMessage, writing: Writing
) -> None:
    """Save an internal note; what else there is of its album is a note, too."""
    message_id = await outbound.add_note_from_topic(uow, thread, author, said)
    await _remember(uow, thread, writing, message_id or said.provider_id, is_held=False)
    if writing.album is not None:
        await withdraw_album(uow, thread, writing.album)


async def hold(
    uow: UnitOfWork,
    thread: Thread,
    author: Actor,
    said: IncomingMessage,
    writing: Writing,
    *,
    key: str = "topic.ask_after_note",
    cause: Cause = Cause.NOTE,
) -> None:
    """Hold a message, and ask once about all that belong to it whether the customer gets them."""
    before = find_note_before(writing, [each for each in thread.recent_notes or () if each["held"]])
    first = before["first"] if before else None
    content = said.content
    if first is not None:
        content = replace(content, attributes={**(content.attributes or {}), HELD_WITH: first})
    message_id = await outbound.hold_reply(
        uow, thread, author, replace(said, content=content), cause=cause
    )
    await _remember(uow, thread, writing, first or message_id, is_held=True)
    if first is None:
        ask(uow, thread, message_id, key, said)


def ask(
    uow: UnitOfWork, thread: Thread, message_id: MessageId, key: str, said: IncomingMessage
) -> None:
    """Ask whether the customer gets a message that may be internal."""
    buttons: Buttons = [
        [
            {"text": uow.text_for_staff("topic.send_it"), "data": f"send:{message_id}"},
            {"text": uow.text_for_staff("topic.keep_it"), "data": f"keep:{message_id}"},
        ]
    ]
    at = said.chat, said.provider_id
    reply_to_staff(uow, thread, at, uow.text_for_staff(key), buttons=buttons)


async def withdraw_album(uow: UnitOfWork, thread: Thread, album: str) -> None:
    """Turn the items of an album that were taken for an answer into notes."""
    await uow.flush_messages()
    ids = await together.list_album(uow.tx, thread.conversation_id, album)
    sent = [each for each in ids if not await withdraw(uow, each)]
    if sent:
        offer_to_take_back(uow, thread, min(sent), "topic.album_was_sent")


async def withdraw(uow: UnitOfWork, message_id: MessageId) -> bool:
    """Turn an answer that was not sent yet into a note; return False if it may have been sent."""
    kept = [item for item in uow.outbox_items if not _is_answer(item, message_id)]
    uow.outbox_items[:] = kept
    await outbox.cancel_pending(uow.tx, message_id, OutboxKind.ANSWER, uow.now)
    if await outbox.has_started_sending(uow.tx, message_id):
        return False
    await together.make_notes(uow.tx, [message_id])
    return True


def _is_answer(item: outbox.OutboxItem, message_id: MessageId) -> bool:
    return item.message_id == message_id and isinstance(item.payload, AnswerPayload)


def offer_to_take_back(uow: UnitOfWork, thread: Thread, message_id: MessageId, key: str) -> None:
    """Notify staff that the customer has an answer, and offer to delete it there."""
    button = {"text": uow.text_for_staff("topic.take_back"), "data": f"back:{message_id}"}
    uow.enqueue_staff_notice(
        thread, uow.text_for_staff(key), buttons=[[button]], reply_to=message_id
    )


async def send(
    uow: UnitOfWork, thread: Thread, message_id: MessageId, agent: AgentActor
) -> str | None:
    """Send what was asked about; return the key of the reason why not, or None."""
    rows = await _list_asked(uow, thread, message_id)
    if not rows:
        return "button.already_sent"
    if any(is_internal(row.message) for row in rows if not _is_forwarded(row)):
        return "button.is_note"
    await prepare_session(uow, thread, Cause.HELD_ANSWER, author=agent)
    await record_effects(uow, thread, Cause.HELD_ANSWER)
    for row in rows:
        if await together.make_answer(uow.tx, row.id, agent.agent_id, agent.name):
            await outbound.send_taken_reply(uow, thread, row.id, agent)
    return None


async def _list_asked(uow: UnitOfWork, thread: Thread, message_id: MessageId) -> list[MessageRow]:
    """List what a question is about and was not answered, in this conversation only."""
    await uow.flush_messages()
    return [
        row
        for row in await together.list_together(uow.tx, message_id)
        if row.conversation_id == thread.conversation_id
        and row.deleted_at is None
        and (row.direction is Direction.INTERNAL or row.delivery_state is DeliveryState.HELD)
    ]


def _is_forwarded(row: MessageRow) -> bool:
    return not is_note(row.message) and FORWARDED_FROM in (row.attributes or {})


async def keep(uow: UnitOfWork, thread: Thread, message_id: MessageId) -> bool:
    """Keep what was asked about among staff; return False if it was sent already."""
    rows = await _list_asked(uow, thread, message_id)
    await together.make_notes(uow.tx, [row.id for row in rows])
    return bool(rows)


async def take_back(
    uow: UnitOfWork, thread: Thread, message_id: MessageId, agent: AgentActor
) -> bool:
    """Delete an answer, with its album, at the customer's; return False if there is none."""
    await uow.flush_messages()
    rows = [
        row
        for row in await together.list_together(uow.tx, message_id)
        if row.conversation_id == thread.conversation_id
        and row.direction is Direction.OUTBOUND
        and row.deleted_at is None
    ]
    try:
        for row in rows:
            await revisions.delete_message(uow, thread, agent, row)
    except revisions.RevisionError:
        return False
    return bool(rows)


async def _remember(
    uow: UnitOfWork, thread: Thread, writing: Writing, first: str, *, is_held: bool
) -> None:
    thread.recent_notes = [*remember(thread.recent_notes or [], writing, first, is_held=is_held)]
    await save_recent_notes(uow.tx, thread.conversation_id, thread.recent_notes)
