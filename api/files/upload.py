"""Files to customers, or among staff."""

import json
from functools import partial

from aiohttp import web

from api.access.caller import Caller
from api.errors.problems import Problem, TooLarge
from api.files.upload_form import Forms
from api.files.upload_validation import MEGABYTE, Received
from api.messages.models import MessageOut
from api.routing.context import Transactions
from api.routing.idempotency import SendKey, once
from api.sending.messages import shown
from api.sending.reply_window import must_be_open
from api.sending.thread_access import message_answered, thread_to_answer
from db.ids import MessageId, SessionId, new_id
from db.tables import MessageType
from desk.content import Content
from desk.media.mime_types import choose_message_type
from desk.media.upload_store import UploadStore
from desk.messages import from_api
from desk.unit_of_work import UnitOfWork

# Telegram's.
_PICTURE = 10 * MEGABYTE


async def send_file(
    request: web.Request,
    within: Transactions,
    caller: Caller,
    session_id: SessionId,
    key: SendKey,
    forms: Forms,
    uploads: UploadStore,
) -> MessageOut:
    """Send the customer a file, or keep it among staff, as in the conversation's topic.

    Its first bytes must be what it is called. Pictures may have 10 MB, all else 50 MB; what no
    browser or phone shows by itself goes as a document, HTML and SVG too.
    """
    await within.run(lambda uow: thread_to_answer(uow, caller, session_id))
    async with forms.receive(request) as received:
        message_id = MessageId(new_id())
        content = _content(received, message_id)

        async def work(uow: UnitOfWork) -> MessageOut:
            send = partial(_send, uow, caller, session_id, received, content, uploads)
            return await once(uow, caller, key, send, asked=_asked(received), model=MessageOut)

        try:
            return await within.run(work)
        except Problem:
            uploads.discard(message_id)
            raise


async def _send(
    uow: UnitOfWork,
    caller: Caller,
    session_id: SessionId,
    received: Received,
    content: Content,
    uploads: UploadStore,
) -> MessageOut:
    assert content.file is not None  # noqa: S101 made just now
    message_id = MessageId(content.file["upload"])
    thread = await thread_to_answer(uow, caller, session_id)
    reply_to = await message_answered(uow, thread, received.fields.reply_to)
    if not received.fields.internal and received.fields.if_closed == "refuse":
        await must_be_open(uow, thread)
    await uploads.save(received.incoming, message_id)
    speak = from_api.add_note_from_api if received.fields.internal else from_api.reply_from_api
    await speak(uow, thread, caller.agent, content, reply_to=reply_to, message_id=message_id)
    return await shown(uow, message_id)


def _content(received: Received, message_id: MessageId) -> Content:
    """Describe an upload as the desk knows files; raises TooLarge."""
    incoming, fields = received.incoming, received.fields
    kind = choose_message_type(received.mime, incoming.head)
    if fields.as_document:
        kind = MessageType.FILE
    if kind is MessageType.IMAGE and incoming.size > _PICTURE:
        raise TooLarge(f"a picture may have {_PICTURE // MEGABYTE} MB; as_document=true, 50 MB")
    file = {
        "upload": message_id,
        "size": incoming.size,
        "name": received.name,
        "mime": received.mime,
        "sha256": incoming.digest,
    }
    kept = {name: value for name, value in file.items() if value is not None}
    return Content(type=kind, text=fields.caption, file=kept)


def _asked(received: Received) -> str:
    incoming, fields = received.incoming, received.fields
    return json.dumps([incoming.digest, received.name, received.mime, fields.model_dump()])
