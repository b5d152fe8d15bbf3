"""Handle what changes a message: edits, deletions, reactions, by the customer or on the phone."""

import structlog

from bridge.waha.client.models import Edit, Reaction, Revoke
from bridge.waha.convert.edits import find_edited_id, has_new_content, to_edited_content
from bridge.waha.convert.from_waha import find_name
from bridge.waha.convert.timestamps import to_datetime
from bridge.waha.identifiers import message_ids
from bridge.waha.receiving.event_context import EventContext
from desk.content import IncomingMessage
from desk.messages import from_phone, inbound

log = structlog.get_logger(__name__)


async def handle_edit(context: EventContext) -> None:
    """Handle an edited message; only its author can edit a message."""
    edit = context.parse(Edit)
    target = _parse_id(find_edited_id(edit), from_us=edit.from_me)
    if target is None:
        log.info("waha.ignored", reason="no message is named", kind=context.event.event)
        return
    target_id = message_ids.MessageId(edit.from_me, target.tail).stored_id
    uow, channel = context.uow, context.channel
    if not has_new_content(edit):
        if not edit.from_me:
            await inbound.receive_unreadable_edit(uow, channel, context.chat, target_id)
        return
    said = IncomingMessage(
        content=to_edited_content(edit, context.named_chat, target.tail, context.translate),
        chat=context.chat,
        provider_id=target_id,
        at=to_datetime(edit.timestamp),
    )
    if edit.from_me:
        await from_phone.receive_phone_edit(uow, channel, context.chat, said)
        return
    person = context.to_person(find_name(edit))
    await inbound.receive_edit(uow, channel, person, said)


async def handle_revoke(context: EventContext) -> None:
    """Handle a message that was deleted for everyone."""
    revoke = context.parse(Revoke)
    message = revoke.after or revoke.before
    from_us = message is not None and message.from_me
    target = _parse_id(revoke.deleted_id, from_us=from_us)
    if target is None:
        log.info("waha.ignored", reason="no message is named", kind=context.event.event)
        return
    stored_id = message_ids.MessageId(from_us, target.tail).stored_id
    receive = from_phone.receive_phone_deletion if from_us else inbound.receive_deletion
    await receive(context.uow, context.channel, context.chat, stored_id)


async def handle_reaction(context: EventContext) -> None:
    """Handle a customer's reaction; only the customer needs to see one of ours."""
    reaction = context.parse(Reaction)
    about = reaction.reaction
    target = _parse_id(about.message_id if about else None, from_us=False)
    if reaction.from_me or about is None or target is None:
        return
    await inbound.receive_reaction(
        context.uow, context.channel, context.chat, target.stored_id, about.text or ""
    )


def _parse_id(written: str | None, *, from_us: bool) -> message_ids.MessageId | None:
    try:
        return message_ids.parse_message_id(written or "", from_us=from_us)
    except message_ids.MalformedIdError:
        return None
