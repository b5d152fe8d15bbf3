"""Write to a customer who has not written: to a phone number, on a channel that allows it."""

from pydantic import Field

from api.access.caller import Caller
from api.clients.creation import find_address
from api.errors.problems import Conflict, ValidationFailed
from api.messages.models import MessageOut
from api.routing.idempotency import IdempotencyHeader, run_idempotent
from api.schemas.base import Line, Phone, RequestBody, ResponseModel, Text, Ulid
from api.sending.messages import send_in
from api.sending.models import NewMessage
from api.sending.template_messages import send_template_in
from api.templates.models import NewTemplateMessage
from db.queries.conversations.threads import Thread
from desk.channels import ServedChannel
from desk.clients.creation import create_client
from desk.conversations.rights import may_change_open
from desk.conversations.threads import find_thread_by_address
from desk.media.upload_store import UploadStore
from desk.phones import parse_typed
from desk.unit_of_work import UnitOfWork


class FirstMessage(RequestBody):
    """A message to a phone number: either a text or a template."""

    channel_id: Ulid = Field(description="a channel with `can_write_first`")
    phone: Phone = Field(description="with its country code")
    name: Line | None = Field(
        default=None, description="of a new client; null: their number. Known clients keep theirs"
    )
    text: Text | None = Field(
        default=None, description="where there is a reply window, it must be open: send a template"
    )
    template: NewTemplateMessage | None = None


class FirstMessageSent(ResponseModel):
    """The message, and whose it is."""

    client_id: Ulid
    conversation_id: Ulid
    session_id: Ulid
    message: MessageOut


async def send_first_message(
    uow: UnitOfWork,
    caller: Caller,
    body: FirstMessage,
    key: IdempotencyHeader,
    uploads: UploadStore,
) -> FirstMessageSent:
    """Write to a phone number, whether or not it has a client already.

    It opens a session, which I hold. Nobody writes into another agent's session: that is a 409.
    """
    if (body.text is None) == (body.template is None):
        raise ValidationFailed.field("text", "give either this or `template`", "one_of_two")
    if body.template is not None and body.template.preview:
        raise ValidationFailed.field("template.preview", "must be false here", "unsuitable")

    async def work() -> FirstMessageSent:
        thread = await _find_or_create_thread(uow, caller, body)
        if body.template is not None:
            sent = (
                await send_template_in(uow, caller, thread, body.template, uploads, key)
            ).message
        else:
            message = NewMessage(text=body.text or "")
            sent = await send_in(uow, caller, thread, message, key)
        assert sent is not None  # noqa: S101 only previews send nothing
        assert thread.session_id is not None  # noqa: S101 the message is in it
        return FirstMessageSent(
            client_id=thread.client_id,
            conversation_id=thread.conversation_id,
            session_id=thread.session_id,
            message=sent,
        )

    return await run_idempotent(
        uow, caller, key, work, request_text=body.model_dump_json(), model=FirstMessageSent
    )


async def _find_or_create_thread(uow: UnitOfWork, caller: Caller, body: FirstMessage) -> Thread:
    """Return the conversation with this number, locked; raises ValidationFailed or Conflict."""
    phone = parse_typed(body.phone, uow.default_region)
    channel, address = find_address(uow, body.channel_id, phone)
    thread = await find_thread_by_address(uow, channel, address)
    if thread is None:
        await _create(uow, caller, body, phone, (channel, address))
        thread = await find_thread_by_address(uow, channel, address)
    assert thread is not None  # noqa: S101 created just now
    if thread.is_blocked:
        raise Conflict("this customer is blocked: unblock them first")
    if thread.session_id is not None and not may_change_open(caller.actor, thread):
        raise Conflict("another agent is talking with this customer now")
    return thread


async def _create(
    uow: UnitOfWork,
    caller: Caller,
    body: FirstMessage,
    phone: str,
    reached_on: tuple[ServedChannel, str],
) -> None:
    name = " ".join((body.name or phone).split()) or phone
    await create_client(
        uow,
        name,
        phone=phone,
        email=None,
        avatar_url=None,
        by=caller.actor,
        reached_on=reached_on,
    )
