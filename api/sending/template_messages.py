"""Send templates to customers."""

from dataclasses import replace

from api.access.caller import Caller
from api.errors.problems import Conflict, ValidationFailed
from api.routing.idempotency import IdempotencyHeader, run_idempotent
from api.sending.messages import load_message_schema
from api.sending.thread_access import check_reply_target, lock_thread_to_reply
from api.templates.models import (
    FilledVariable,
    NewTemplateMessage,
    TemplateSent,
    template_to_brief,
)
from db.ids import MessageId, SessionId, TemplateId, new_id
from db.queries.conversations.threads import Thread
from db.queries.messages.message_rows import find_message
from db.tables import WhatsAppMessageTemplate
from desk.media.upload_store import UploadStore
from desk.messages import template_messages
from desk.messages.template_messages import HeaderFile
from desk.templates import lookup
from desk.unit_of_work import UnitOfWork


async def send_template(
    uow: UnitOfWork,
    caller: Caller,
    session_id: SessionId,
    body: NewTemplateMessage,
    key: IdempotencyHeader,
    uploads: UploadStore,
) -> TemplateSent:
    """Send the customer a template, at any time, or preview its text.

    It counts as an answer: sent to a waiting session, it takes the session. Missing variables are
    named in the error.
    """
    if body.preview:
        return await _preview(uow, caller, session_id, body)

    async def work() -> TemplateSent:
        thread = await lock_thread_to_reply(uow, caller, session_id)
        return await send_template_in(uow, caller, thread, body, uploads, key)

    return await run_idempotent(
        uow, caller, key, work, request_text=body.model_dump_json(), model=TemplateSent
    )


async def _preview(
    uow: UnitOfWork, caller: Caller, session_id: SessionId, body: NewTemplateMessage
) -> TemplateSent:
    thread = await lock_thread_to_reply(uow, caller, session_id)
    template, header = (
        await _find_template(uow, thread, body),
        await _find_header_file(uow, thread, body),
    )
    made = template_messages.render_template(
        uow, thread, caller.name, template, _read_values(body), header=header
    )
    schema = _to_schema(template, body, lookup.get_variables(uow, thread, template, caller.name))
    return schema.model_copy(update={"text": made.text})


async def send_template_in(
    uow: UnitOfWork,
    caller: Caller,
    thread: Thread,
    body: NewTemplateMessage,
    uploads: UploadStore,
    key: IdempotencyHeader,
) -> TemplateSent:
    """Send a template in a conversation that is locked; the caller may write there."""
    template, header = (
        await _find_template(uow, thread, body),
        await _find_header_file(uow, thread, body),
    )
    reply_to = await check_reply_target(uow, thread, body.reply_to)
    schema = _to_schema(template, body, lookup.get_variables(uow, thread, template, caller.name))
    if header is not None:
        header = await _copy_header_file(uploads, header)
    message_id = await template_messages.send_template(
        uow,
        thread,
        caller.actor,
        template,
        _read_values(body),
        reply_to=reply_to,
        header=header,
        client_key=key.value,
    )
    message = await load_message_schema(uow, message_id)
    return schema.model_copy(update={"text": message.message or "", "message": message})


def _read_values(body: NewTemplateMessage) -> dict[str, str]:
    """Return the given values; raises ValidationFailed when a variable is given twice."""
    keys = [each.key for each in body.variables]
    if len(set(keys)) != len(keys):
        raise ValidationFailed.field(
            "variables", "each variable must be given only once", "given_twice"
        )
    return {each.key: each.value for each in body.variables}


async def _find_template(
    uow: UnitOfWork, thread: Thread, body: NewTemplateMessage
) -> WhatsAppMessageTemplate:
    """Find the template to send; raises ValidationFailed."""
    if (body.template_id is None) == (body.name is None):
        raise ValidationFailed.field("template_id", "give either this or `name`", "one_of_two")
    if body.template_id is not None:
        field, row = (
            "template_id",
            await lookup.get_template(uow, thread, TemplateId(body.template_id)),
        )
    else:
        field, row = "name", await lookup.find_template(uow, thread, body.name or "")
    if row is None:
        raise ValidationFailed.field(field, "the channel has no such approved template", "unknown")
    return row


async def _find_header_file(
    uow: UnitOfWork, thread: Thread, body: NewTemplateMessage
) -> HeaderFile | None:
    """Find the file for the header; raises ValidationFailed."""
    if body.header_message_id is None:
        return None
    row = await find_message(uow.tx, MessageId(body.header_message_id))
    if row is None or row.conversation_id != thread.conversation_id:
        message = "there is no such message in this conversation"
        raise ValidationFailed.field("header_message_id", message, "unknown")
    if row.file is None or "upload" not in row.file:
        message = "this message has no file that was uploaded here"
        raise ValidationFailed.field("header_message_id", message, "no_upload")
    return HeaderFile(MessageId(row.file["upload"]), row.message_type, row.file)


async def _copy_header_file(uploads: UploadStore, header: HeaderFile) -> HeaderFile:
    """Copy the file for the new message: each message owns its file."""
    message_id = MessageId(new_id())
    if not await uploads.share(header.message_id, message_id):
        raise Conflict("the file of that message is no longer stored: upload it again")
    return replace(header, message_id=message_id, file={**header.file, "upload": message_id})


def _to_schema(
    template: WhatsAppMessageTemplate, body: NewTemplateMessage, gaps: lookup.TemplateVariables
) -> TemplateSent:
    given = {**gaps.known, **_read_values(body)}
    into = [
        FilledVariable(key=each.key, value=given[each.key])
        for each in gaps.all
        if each.key in given
    ]
    return TemplateSent(template=template_to_brief(template), text="", variables=into, message=None)
