"""Handle messages in both directions."""

import hashlib
from dataclasses import replace

import structlog

from bridge.waha.client.models import Message
from bridge.waha.convert.causes import find_cause
from bridge.waha.convert.engine_message import read_engine_message
from bridge.waha.convert.from_waha import find_name, name_kind, to_content
from bridge.waha.convert.timestamps import to_datetime
from bridge.waha.identifiers import message_ids
from bridge.waha.receiving.event_context import EventContext
from db.tables import DeliveryState, Side
from desk.causes import Cause
from desk.content import IncomingMessage, Person
from desk.conversations.threads import find_message, find_referenced_message
from desk.messages import from_phone, inbound, receipts
from desk.messages.context import QUOTE

log = structlog.get_logger(__name__)

_PHONE_SOURCE = "app"
# What these tell is a line in the topic, not a message.
_TOLD_IN_TOPIC = {
    Cause.CALL: "topic.call_seen",
    Cause.SECURITY_CODE_CHANGE: "whatsapp.security_code",
}


async def handle_message(context: EventContext) -> None:
    """Handle a customer's message, or one that staff or another program wrote to a customer."""
    message = context.parse(Message)
    message_id = _read_message_id(context, message)
    if await context.is_own_account(message):
        log.info("waha.ignored", reason="own account", kind=context.event.event)
        return
    cause = find_cause(message)
    if message.from_me:
        await _handle_outgoing(context, message, message_id, cause)
    elif cause in _TOLD_IN_TOPIC:
        await context.tell_in_topic(cause, _TOLD_IN_TOPIC[cause])
    elif cause is Cause.UNKNOWN:
        kind = name_kind(read_engine_message(message.data))
        await context.tell_in_topic(cause, "whatsapp_message.unknown_kind", kind=kind)
    else:
        person = context.to_person(find_name(message))
        said = await _to_incoming(context, message, message_id, person)
        await inbound.receive_message(context.uow, context.channel, person, said, cause)


def _read_message_id(context: EventContext, message: Message) -> message_ids.MessageId:
    """Return a message's id; a message without a usable one gets one from its content."""
    try:
        return message_ids.parse_message_id(message.id, from_us=message.from_me)
    except message_ids.MalformedIdError:
        text = repr(sorted(context.payload.items()))
        tail = f"X{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:31].upper()}"
        return message_ids.MessageId(message.from_me, tail)


async def _handle_outgoing(
    context: EventContext, message: Message, message_id: message_ids.MessageId, cause: Cause
) -> None:
    """Handle what was sent from the number: by us, on the phone, or by another program."""
    uow, channel = context.uow, context.channel
    row_id = message_ids.find_row_id(channel.id, message_id.tail)
    if row_id is not None:
        receipt = receipts.DeliveryReceipt(
            context.chat, message_id.stored_id, DeliveryState.SENT, row_id
        )
        await receipts.receive_receipt(uow, channel, receipt)
        return
    person = context.to_person(None)
    said = await _to_incoming(context, message, message_id, person)
    if message.source == _PHONE_SOURCE:
        await from_phone.add_reply_from_phone(uow, channel, person, said, cause)
    else:
        await from_phone.add_reply_of_another_program(uow, channel, person, said, cause)


async def _to_incoming(
    context: EventContext, message: Message, message_id: message_ids.MessageId, person: Person
) -> IncomingMessage:
    content = to_content(message, context.named_chat, message_id.tail, context.translate)
    reply_to = await _find_reply_target(context, message)
    if reply_to is None and message.reply_to is not None and message.reply_to.body:
        # It replies to what stands in another chat, or was said before the number was linked.
        quote = {QUOTE: message.reply_to.body}
        content = replace(content, attributes={**(content.attributes or {}), **quote})
    return IncomingMessage(
        content=content,
        chat=person.external_id,
        provider_id=message_id.stored_id,
        reply_to=reply_to,
        at=to_datetime(message.timestamp),
    )


async def _find_reply_target(context: EventContext, message: Message) -> str | None:
    """Find the message that this one replies to; a bare tail may be of either side.

    Returns None if it is not known here.
    """
    written = message.reply_to.id if message.reply_to else None
    try:
        target = message_ids.parse_message_id(written or "")
    except message_ids.MalformedIdError:
        return None
    thread = await context.find_thread()
    if thread is None:
        return None
    has_author = message_ids.has_author(written or "")
    sides = (target.from_us,) if has_author else (False, True)
    uow, chat = context.uow, thread.external_id
    for from_us in sides:
        stored_id = message_ids.MessageId(from_us, target.tail).stored_id
        if await find_message(uow, context.channel.id, chat, stored_id) is not None:
            return stored_id
    # It may be a reply to what is being sent right now.
    ours = message_ids.MessageId(from_us=sides[-1], tail=target.tail).stored_id
    known = await find_referenced_message(uow, thread, Side.CUSTOMER, chat, ours)
    return ours if known is not None else None
