"""Edits of what staff wrote in a topic: they are checked like new messages.

An edit never carries a note or a command to a customer, and never sends a note by itself.
"""

from db.ids import MessageId
from db.queries.conversations.threads import Thread
from db.queries.messages import message_rows, together
from db.queries.messages.message_rows import MessageRow
from db.tables import Direction
from desk.actors import Actor, AgentActor
from desk.causes import Cause
from desk.content import IncomingMessage
from desk.conversations.notices import notify_beside
from desk.conversations.threads import find_message
from desk.messages import doubtful, outbound
from desk.messages.edits import apply_edit
from desk.messages.internal_words import Writing, is_internal, is_note
from desk.unit_of_work import UnitOfWork


async def receive_topic_edit(
    uow: UnitOfWork, thread: Thread, author: Actor, said: IncomingMessage, writing: Writing
) -> None:
    """Change what the customer received, or ask or tell staff where that is not so simple."""
    channel_id = uow.staff_channel_in(thread, said.chat)
    message_id = await find_message(uow, channel_id, said.chat, said.provider_id)
    if message_id is None:
        await _receive_unknown(uow, thread, author, said, writing)
        return
    await uow.flush_messages()
    row = await message_rows.read_message(uow.tx, message_id)
    if row.deleted_at is not None:
        return
    is_hidden = is_internal(writing.words)
    if row.direction is Direction.OUTBOUND and is_hidden:
        await _hide(uow, thread, row, said)
        return
    await outbound.edit_from_topic(uow, thread, said)
    if row.direction is Direction.INTERNAL and is_internal(row.message) and not is_hidden:
        doubtful.ask(uow, thread, row.id, "topic.ask_edited_note", said)


async def _receive_unknown(
    uow: UnitOfWork, thread: Thread, author: Actor, said: IncomingMessage, writing: Writing
) -> None:
    """Receive the edit of what was no message: a command, or written before there was a desk."""
    if is_note(writing.words):
        await doubtful.keep_note(uow, thread, author, said, writing)
    elif is_internal(writing.words):
        return
    elif isinstance(author, AgentActor):
        key, cause = "topic.ask_edited_command", Cause.STAFF_EDIT
        await doubtful.hold(uow, thread, author, said, writing, key=key, cause=cause)
    else:
        await outbound.hold_anonymous_reply(uow, thread, author, said)


async def _hide(uow: UnitOfWork, thread: Thread, row: MessageRow, said: IncomingMessage) -> None:
    """Keep a note from the customer that an edit made of an answer; the album belongs to it."""
    album = (row.attributes or {}).get("album")
    ids: list[MessageId] = [row.id]
    if album is not None:
        ids = sorted(await together.list_album(uow.tx, thread.conversation_id, album))
    sent = [each for each in ids if not await doubtful.withdraw(uow, each)]
    if row.id not in sent:
        await apply_edit(uow, row.id, said.content)
    if sent:
        doubtful.offer_to_take_back(uow, thread, sent[0], "topic.edit_not_sent")
    else:
        notify_beside(uow, thread, row.id, "topic.now_a_note")
