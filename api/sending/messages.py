"""Send answers and notes."""

from api.access.caller import Caller
from api.messages.models import MessageOut
from api.routing.idempotency import IdempotencyHeader, run_idempotent
from api.sending.canned_actions import run_canned_actions
from api.sending.formatting import build_text
from api.sending.models import NewMessage
from api.sending.reply_window import require_open_window
from api.sending.thread_access import check_reply_target, lock_thread_to_reply
from db.ids import MessageId, SessionId
from db.queries.conversations.threads import Thread
from db.queries.messages.message_rows import find_message
from desk.messages import from_api
from desk.unit_of_work import UnitOfWork


async def send_message(
    uow: UnitOfWork, caller: Caller, session_id: SessionId, body: NewMessage, key: IdempotencyHeader
) -> MessageOut:
    """Answer the customer, or write a note for staff, as in the conversation's topic.

    An answer to a waiting session takes it. An answer to an ended session opens the conversation's
    next session, which the response names. `delivery_state` shows the progress of the delivery.
    When only templates may be sent (WhatsApp, 24 hours after the customer's last message), the
    answer is refused with a list of templates, or kept as a draft.
    """

    async def work() -> MessageOut:
        thread = await lock_thread_to_reply(uow, caller, session_id)
        return await send_in(uow, caller, thread, body, key)

    return await run_idempotent(
        uow, caller, key, work, request_text=body.model_dump_json(), model=MessageOut
    )


async def send_in(
    uow: UnitOfWork,
    caller: Caller,
    thread: Thread,
    body: NewMessage,
    key: IdempotencyHeader,
) -> MessageOut:
    """Send a message in a conversation that is locked; the caller may write there."""
    reply_to = await check_reply_target(uow, thread, body.reply_to)
    if not body.internal and body.if_closed == "refuse":
        await require_open_window(uow, thread)
    send = from_api.add_note_from_api if body.internal else from_api.reply_from_api
    content = from_api.keep_client_key(build_text(body.text, body.entities), key.value)
    message_id = await send(uow, thread, caller.actor, content, reply_to=reply_to)
    if body.canned_reply_id is not None:
        await require_open_window(uow, thread)  # after a draft, nothing else is done
        await run_canned_actions(uow, caller, thread, body.canned_reply_id)
    return await load_message_schema(uow, message_id)


async def load_message_schema(uow: UnitOfWork, message_id: MessageId) -> MessageOut:
    """Load a message in its state in this transaction."""
    await uow.flush_messages()
    row = await find_message(uow.tx, message_id)
    assert row is not None  # noqa: S101 it was found, or written, in this transaction
    return MessageOut.from_row(row)
