"""Answers and notes by the API."""

from api.access.caller import Caller
from api.messages.models import MessageOut
from api.routing.idempotency import SendKey, once
from api.sending.models import NewMessage
from api.sending.reply_window import must_be_open
from api.sending.thread_access import message_answered, thread_to_answer
from db.ids import MessageId, SessionId
from db.queries.messages.message_rows import find_message
from desk.content import Content
from desk.messages import from_api
from desk.unit_of_work import UnitOfWork


async def say(
    uow: UnitOfWork, caller: Caller, session_id: SessionId, body: NewMessage, key: SendKey
) -> MessageOut:
    """Answer the customer, or note something down, as in the conversation's topic.

    An answer to a session that waits takes it. One to a session that has ended opens the
    conversation's next one, which the reply names. `delivery_state` says how far it got. Where only
    templates may be sent (WhatsApp, 24 hours after the customer wrote last) it is refused with a
    list of those, or kept as a draft.
    """

    async def work() -> MessageOut:
        return await _say(uow, caller, session_id, body)

    return await once(uow, caller, key, work, asked=body.model_dump_json(), model=MessageOut)


async def _say(
    uow: UnitOfWork, caller: Caller, session_id: SessionId, body: NewMessage
) -> MessageOut:
    thread = await thread_to_answer(uow, caller, session_id)
    reply_to = await message_answered(uow, thread, body.reply_to)
    if not body.internal and body.if_closed == "refuse":
        await must_be_open(uow, thread)
    speak = from_api.add_note_from_api if body.internal else from_api.reply_from_api
    said = Content(text=body.text)
    return await shown(uow, await speak(uow, thread, caller.agent, said, reply_to=reply_to))


async def shown(uow: UnitOfWork, message_id: MessageId) -> MessageOut:
    """Show a message as it stands in this transaction."""
    await uow.flush_messages()
    row = await find_message(uow.tx, message_id)
    assert row is not None  # noqa: S101 it was found, or written, in this transaction
    return MessageOut.of(row)
