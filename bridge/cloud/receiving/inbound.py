"""Pass on to the desk what customers do, and what staff writes on the phone itself."""

from dataclasses import dataclass, replace
from typing import Any

import structlog

from bridge.cloud.intake.webhook_parser import PLACEHOLDER_SUFFIX
from bridge.cloud.receiving.causes import find_cause, find_echo_cause
from bridge.cloud.receiving.content_parser import find_type, parse_contents
from bridge.cloud.receiving.identity import find_shared_number, to_addressee, to_author
from bridge.cloud.receiving.number_changes import apply_number_change, follow_new_number
from bridge.cloud.receiving.timestamps import to_datetime
from bridge.cloud.receiving.webhook_models import Contact, Message
from db.tables import Side
from desk.causes import Cause
from desk.channels import ServedChannel
from desk.content import Content, IncomingMessage, Person
from desk.conversations.threads import find_referenced_message, find_thread_by_address
from desk.messages import from_phone, inbound
from desk.unit_of_work import UnitOfWork

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class MessageContext:
    """A message with its context; `provider_id` identifies it if Meta gives no id."""

    message: Message
    contact: Contact | None
    provider_id: str
    # The message as received. What this version does not know of it is kept as data.
    raw: dict[str, Any]

    @classmethod
    def parse(
        cls, raw: dict[str, Any], contact: Contact | None, provider_id: str
    ) -> "MessageContext":
        """Parse a message; one without a type gets the type whose content it has."""
        message = Message.model_validate(raw)
        message.type = find_type(message, raw)
        return cls(message, contact, provider_id.removesuffix(PLACEHOLDER_SUFFIX), raw)

    @property
    def edited_message(self) -> "MessageContext":
        """Return the context of the message inside an edit."""
        return self.parse(self.raw["edit"]["message"], self.contact, self.provider_id)


async def handle_message(uow: UnitOfWork, channel: ServedChannel, incoming: MessageContext) -> None:
    """Handle a customer's message or other action."""
    message = incoming.message
    cause = find_cause(message)
    if cause is Cause.NUMBER_CHANGE:
        await apply_number_change(uow, channel, message)
        return
    person = to_author(message, incoming.contact)
    await follow_new_number(uow, channel, person)
    own_number = find_shared_number(message)
    if own_number is not None and person.phone is None:
        # What is written from this number later is the same customer's.
        person = replace(person, phone=f"+{own_number}", alias=own_number)
    match cause:
        case Cause.REACTION:
            await _handle_reaction(uow, channel, person, incoming)
        case Cause.EDIT:
            await _handle_edit(uow, channel, person, incoming)
        case Cause.DELETION:
            await _handle_revocation(uow, channel, person, incoming)
        case Cause.SECURITY_CODE_CHANGE:
            text = uow.text_for_staff("whatsapp.security_code")
            await _report(uow, channel, person, cause, text)
        case Cause.SYSTEM_NOTICE:
            words = message.system.body if message.system else None
            text = uow.text_for_staff("whatsapp.system", text=words) if words else ""
            await _report(uow, channel, person, cause, text)
        case Cause.START:
            opened = Content(text=uow.text_for_staff("whatsapp.opened"))
            await inbound.handle_start(
                uow, channel, person, _to_incoming_message(incoming, person, opened)
            )
        case _:
            for content in parse_contents_of(uow, incoming):
                await inbound.receive_message(
                    uow, channel, person, _to_incoming_message(incoming, person, content), cause
                )


async def handle_echo(uow: UnitOfWork, channel: ServedChannel, incoming: MessageContext) -> None:
    """Handle what staff did on the business's own phone."""
    message = incoming.message
    cause = find_echo_cause(message)
    if cause is Cause.PHONE_NOTICE:
        log.info("whatsapp.ignored", what="a notice on the phone", type=message.type)
        return
    person = to_addressee(message, incoming.contact)
    target = _find_target(message)
    if cause in _CHANGES_ON_THE_PHONE and target is not None:
        chat = await _find_chat(uow, channel, person, target)
        if chat is not None:
            await _handle_change_on_the_phone(uow, channel, chat, target, incoming)
            return
    if cause in {Cause.PHONE_REACTION, Cause.PHONE_DELETION}:
        log.info("whatsapp.ignored", what="about an unknown message", cause=cause.name)
        return
    # An edit of a message that is not known here is shown as a message.
    is_edit = message.edit is not None and message.edit.message is not None
    for content in parse_contents_of(uow, incoming.edited_message if is_edit else incoming):
        said = _to_incoming_message(incoming, person, content)
        await from_phone.add_reply_from_phone(uow, channel, person, said, Cause.ECHO)


_CHANGES_ON_THE_PHONE = {Cause.PHONE_EDIT, Cause.PHONE_REACTION, Cause.PHONE_DELETION}


def _find_target(message: Message) -> str | None:
    """Return the id of the message that an edit, a reaction or a deletion is about."""
    if message.reaction is not None:
        return message.reaction.message_id
    about = message.edit or message.revoke
    return about.original_message_id if about is not None else None


async def _handle_change_on_the_phone(
    uow: UnitOfWork, channel: ServedChannel, chat: str, target: str, incoming: MessageContext
) -> None:
    message = incoming.message
    if message.reaction is not None:
        emoji = message.reaction.emoji or ""
        await from_phone.receive_phone_reaction(uow, channel, chat, target, emoji)
    elif message.edit is None:
        await from_phone.receive_phone_deletion(uow, channel, chat, target)
    elif message.edit.message is not None:
        content = parse_contents_of(uow, incoming.edited_message)[0]
        at = to_datetime(message.timestamp)
        said = IncomingMessage(content, chat, target, at=at)
        await from_phone.receive_phone_edit(uow, channel, chat, said)


async def _report(
    uow: UnitOfWork, channel: ServedChannel, person: Person, cause: Cause, text: str
) -> None:
    """Notify staff in the customer's topic what happened; about a stranger it is only logged."""
    names = (person.external_id, person.alias)
    if not await inbound.report_event(uow, channel, names, cause, text):
        log.info("whatsapp.ignored", what="an event about a stranger", cause=cause.name)


async def _handle_reaction(
    uow: UnitOfWork, channel: ServedChannel, person: Person, incoming: MessageContext
) -> None:
    reaction = incoming.message.reaction
    if reaction is None or not reaction.message_id:
        log.info("whatsapp.ignored", what="a reaction to nothing")
        return
    target, emoji = reaction.message_id, reaction.emoji or ""
    chat = await _find_chat(uow, channel, person, target)
    if chat is not None:
        await inbound.receive_reaction(uow, channel, chat, target, emoji)
    else:
        key = "whatsapp.reacted" if emoji else "whatsapp.unreacted"
        text = uow.text_for_staff(key, emoji=emoji)
        await _report(uow, channel, person, Cause.REACTION_TO_UNKNOWN, text)


async def _handle_revocation(
    uow: UnitOfWork, channel: ServedChannel, person: Person, incoming: MessageContext
) -> None:
    target = incoming.message.revoke.original_message_id if incoming.message.revoke else None
    if not target:
        log.info("whatsapp.ignored", what="the deletion of nothing")
        return
    chat = await _find_chat(uow, channel, person, target)
    if chat is not None:
        await inbound.receive_deletion(uow, channel, chat, target)
    else:
        text = uow.text_for_staff("whatsapp.deleted")
        await _report(uow, channel, person, Cause.DELETION_OF_UNKNOWN, text)


async def _find_chat(
    uow: UnitOfWork, channel: ServedChannel, person: Person, target: str
) -> str | None:
    """Return the customer's chat that contains a message, or None."""
    thread = await find_thread_by_address(uow, channel, person.external_id, person.alias)
    if thread is None:
        return None
    found = await find_referenced_message(uow, thread, Side.CUSTOMER, thread.external_id, target)
    return None if found is None else thread.external_id


async def _handle_edit(
    uow: UnitOfWork, channel: ServedChannel, person: Person, incoming: MessageContext
) -> None:
    edit = incoming.message.edit
    target = edit.original_message_id if edit is not None else None
    if target and edit is not None and edit.message is None:
        await inbound.receive_unreadable_edit(uow, channel, person.external_id, target)
        return
    if edit is None or edit.message is None or not target:
        text = uow.text_for_staff("whatsapp.edit_unreadable")
        await _report(uow, channel, person, Cause.EDIT, text)
        return
    content = parse_contents_of(uow, incoming.edited_message)[0]
    said = replace(_to_incoming_message(incoming, person, content), provider_id=target)
    await inbound.receive_edit(uow, channel, person, said)


def parse_contents_of(uow: UnitOfWork, incoming: MessageContext) -> list[Content]:
    """Parse a message's content, with its words in the staff's language."""
    return parse_contents(incoming.message, incoming.raw, uow.text_for_staff)


def _to_incoming_message(
    incoming: MessageContext, person: Person, content: Content
) -> IncomingMessage:
    context = incoming.message.context
    return IncomingMessage(
        content=content,
        chat=person.external_id,
        provider_id=incoming.provider_id,
        reply_to=(context.id or None) if context else None,
        at=to_datetime(incoming.message.timestamp),
    )
