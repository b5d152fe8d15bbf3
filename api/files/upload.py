"""Upload a file for the customer or for staff."""

import json
from functools import partial

from aiohttp import web

from api.access.caller import Caller
from api.errors.problems import ContentTooLarge, Problem
from api.files.upload_form import UploadReceiver
from api.files.upload_validation import MEGABYTE, UploadedFile
from api.messages.models import MessageOut
from api.routing.idempotency import IdempotencyHeader, run_idempotent
from api.routing.transactions import Transactions
from api.sending.formatting import to_stored
from api.sending.messages import load_message_schema
from api.sending.reply_window import require_open_window
from api.sending.thread_access import check_reply_target, lock_thread_to_reply
from db.ids import MessageId, SessionId, new_id
from db.tables import MessageType
from desk.content import Content
from desk.media.mime_types import choose_message_type
from desk.media.upload_store import UploadStore
from desk.messages import from_api
from desk.unit_of_work import UnitOfWork

# Telegram's limit.
_MAX_PICTURE_BYTES = 10 * MEGABYTE


async def send_file(
    request: web.Request,
    transactions: Transactions,
    caller: Caller,
    session_id: SessionId,
    key: IdempotencyHeader,
    upload_receiver: UploadReceiver,
    uploads: UploadStore,
) -> MessageOut:
    """Send the customer a file, or keep it among staff, as in the conversation's topic.

    The first bytes must match the declared type. A picture may have 10 MB, any other file 50 MB.
    Types that browsers and phones do not show by themselves are sent as documents, also HTML and
    SVG.
    """
    await transactions.run(lambda uow: lock_thread_to_reply(uow, caller, session_id))
    async with upload_receiver.receive(request, caller.user_id) as received:
        message_id = MessageId(new_id())
        content = from_api.keep_client_key(_build_content(received, message_id), key.value)

        async def work(uow: UnitOfWork) -> MessageOut:
            send = partial(_send, uow, caller, session_id, received, content, uploads)
            return await run_idempotent(
                uow, caller, key, send, request_text=_fingerprint_text(received), model=MessageOut
            )

        try:
            return await transactions.run(work)
        except Problem:
            uploads.discard(message_id)
            raise


async def _send(
    uow: UnitOfWork,
    caller: Caller,
    session_id: SessionId,
    received: UploadedFile,
    content: Content,
    uploads: UploadStore,
) -> MessageOut:
    assert content.file is not None  # noqa: S101 made just now
    message_id = MessageId(content.file["upload"])
    thread = await lock_thread_to_reply(uow, caller, session_id)
    reply_to = await check_reply_target(uow, thread, received.fields.reply_to)
    if not received.fields.internal and received.fields.if_closed == "refuse":
        await require_open_window(uow, thread)
    await uploads.save(received.incoming, message_id)
    send = from_api.add_note_from_api if received.fields.internal else from_api.reply_from_api
    await send(uow, thread, caller.actor, content, reply_to=reply_to, message_id=message_id)
    return await load_message_schema(uow, message_id)


def _build_content(received: UploadedFile, message_id: MessageId) -> Content:
    """Build the content of an upload; raises ContentTooLarge, ValidationFailed."""
    incoming, fields = received.incoming, received.fields
    kind = choose_type(received)
    file = {
        "upload": message_id,
        "size": incoming.size,
        "name": received.name,
        "mime": received.mime,
        "sha256": incoming.digest,
    }
    kept = {name: value for name, value in file.items() if value is not None}
    entities = to_stored(fields.caption, fields.entities)
    return Content(type=kind, text=fields.caption, entities=entities, file=kept)


def choose_type(received: UploadedFile) -> MessageType:
    """Choose the type of the message that carries an upload; raises ContentTooLarge."""
    kind = choose_message_type(received.mime, received.incoming.head)
    if received.fields.as_document:
        return MessageType.FILE
    if kind is MessageType.IMAGE and received.incoming.size > _MAX_PICTURE_BYTES:
        raise ContentTooLarge(
            f"the limit for a picture is {_MAX_PICTURE_BYTES // MEGABYTE} MB;"
            " with as_document=true, it is 50 MB"
        )
    return kind


def _fingerprint_text(received: UploadedFile) -> str:
    incoming, fields = received.incoming, received.fields
    return json.dumps([incoming.digest, received.name, received.mime, fields.model_dump()])
