"""Pass on to the desk what customers do, and what staff writes on the phone itself."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from bridge.cloud.receiving.causes import find_cause, find_echo_cause
from bridge.cloud.receiving.content_parser import parse_contents
from bridge.cloud.receiving.identity import UnknownCustomerError, to_addressee, to_author
from bridge.cloud.receiving.number_changes import apply_number_change, follow_new_number
from bridge.cloud.receiving.webhook_models import Contact, IncompleteItemError, Message
from db.tables import MessageType, Side
from desk.causes import Cause
from desk.channels import ServedChannel
from desk.content import Content, IncomingMessage, Person
from desk.conversations.threads import find_referenced_message, find_thread_by_address
from desk.messages import inbound
from desk.messages.from_phone import add_reply_from_phone
from desk.texts import translate
from desk.unit_of_work import UnitOfWork

_MAX_TIMESTAMP = 2**33  # in seconds: the year 2242


@dataclass(frozen=True, slots=True)
class MessageContext:
    """A message with its context; `provider_id` identifies it if Meta gives no id."""

    message: Message
    contact: Contact | None
    provider_id: str
    # The message as received. Types that this version does not know are shown from it.
    raw: dict[str, Any]

    @property
    def edited_message(self) -> "MessageContext":
        """Return the context of the message inside an edit."""
        raw = self.raw["edit"]["message"]
        return replace(self, message=Message.model_validate(raw), raw=raw)


async def handle_message(uow: UnitOfWork, channel: ServedChannel, incoming: MessageContext) -> None:
    """Handle a customer's message or other action."""
    message = incoming.message
    cause = find_cause(message)
    if cause is Cause.NUMBER_CHANGE:
        await apply_number_change(uow, channel, message)
        return
    person = to_author(message, incoming.contact)
    await follow_new_number(uow, channel, person)
    match cause:
        case Cause.REACTION:
            await _handle_reaction(uow, channel, person, incoming)
        case Cause.EDIT:
            await _handle_edit(uow, channel, person, incoming)
        case Cause.DELETION:
            await _handle_revocation(uow, channel, person, incoming)
        case Cause.START:
            opened = Content(text=uow.text_for_staff("whatsapp.opened"))
            await inbound.handle_start(
                uow, channel, person, _to_incoming_message(incoming, person, opened)
            )
        case _ if message.type == "system" and message.system and message.system.body:
            words = Content(text=uow.text_for_staff("whatsapp.system", text=message.system.body))
            await inbound.receive_message(
                uow, channel, person, _to_incoming_message(incoming, person, words), cause
            )
        case _:
            for content in _parse_contents(uow, incoming):
                await inbound.receive_message(
                    uow, channel, person, _to_incoming_message(incoming, person, content), cause
                )


async def handle_echo(uow: UnitOfWork, channel: ServedChannel, incoming: MessageContext) -> None:
    """Handle a message that staff sent to a customer on the business's own phone."""
    message = incoming.message
    person = to_addressee(message, incoming.contact)
    cause = find_echo_cause(message)
    if cause is Cause.PHONE_DELETION:
        return  # our record keeps it
    # Show an edited text as a new message, because we cannot change a message from the phone.
    is_edit = message.edit is not None and message.edit.message is not None
    for content in _parse_contents(uow, incoming.edited_message if is_edit else incoming):
        await add_reply_from_phone(
            uow, channel, person, _to_incoming_message(incoming, person, content), cause
        )


async def _handle_reaction(
    uow: UnitOfWork, channel: ServedChannel, person: Person, incoming: MessageContext
) -> None:
    reaction = incoming.message.reaction
    if reaction is None or not reaction.message_id:
        raise IncompleteItemError("the reaction does not name its message")
    target, emoji = reaction.message_id, reaction.emoji or ""
    chat = await _find_chat(uow, channel, person, target)
    if chat is not None:
        await inbound.receive_reaction(uow, channel, chat, target, emoji)
    else:
        key = "whatsapp.reacted" if emoji else "whatsapp.unreacted"
        text = uow.text_for_staff(key, emoji=emoji)
        await _show_to_staff(uow, channel, person, incoming, text, cause=Cause.REACTION_TO_UNKNOWN)


async def _handle_revocation(
    uow: UnitOfWork, channel: ServedChannel, person: Person, incoming: MessageContext
) -> None:
    target = incoming.message.revoke.original_message_id if incoming.message.revoke else None
    if not target:
        raise IncompleteItemError("the deletion does not name its message")
    chat = await _find_chat(uow, channel, person, target)
    if chat is not None:
        await inbound.receive_deletion(uow, channel, chat, target)
    else:
        text = uow.text_for_staff("whatsapp.deleted")
        await _show_to_staff(uow, channel, person, incoming, text, cause=Cause.DELETION_OF_UNKNOWN)


async def _find_chat(
    uow: UnitOfWork, channel: ServedChannel, person: Person, target: str
) -> str | None:
    """Return the customer's chat that contains a message, or None.

    Raise UnknownCustomerError if the customer is not known here.
    """
    thread = await find_thread_by_address(uow, channel, person.external_id, person.alias)
    if thread is None:
        raise UnknownCustomerError(
            "it is about a message of a customer who never wrote to this desk"
        )
    found = await find_referenced_message(uow, thread, Side.CUSTOMER, thread.external_id, target)
    return None if found is None else thread.external_id


async def _show_to_staff(
    uow: UnitOfWork,
    channel: ServedChannel,
    person: Person,
    incoming: MessageContext,
    words: str,
    *,
    cause: Cause,
) -> None:
    """Show staff what a customer did to a message that is not known here."""
    content = Content(
        type=MessageType.OTHER, text=words, attributes={"kind": incoming.message.type}
    )
    await inbound.receive_message(
        uow, channel, person, _to_incoming_message(incoming, person, content), cause
    )


async def _handle_edit(
    uow: UnitOfWork, channel: ServedChannel, person: Person, incoming: MessageContext
) -> None:
    edit = incoming.message.edit
    if edit is None or edit.message is None or not edit.original_message_id:
        raise IncompleteItemError("the edit does not name its message, or has no new content")
    content = _parse_contents(uow, incoming.edited_message)[0]
    said = replace(
        _to_incoming_message(incoming, person, content), provider_id=edit.original_message_id
    )
    await inbound.receive_edit(uow, channel, person, said)


def _parse_contents(uow: UnitOfWork, incoming: MessageContext) -> list[Content]:
    return parse_contents(incoming.message, incoming.raw, partial(translate, uow.staff_language))


def _to_incoming_message(
    incoming: MessageContext, person: Person, content: Content
) -> IncomingMessage:
    context = incoming.message.context
    return IncomingMessage(
        content=content,
        chat=person.external_id,
        provider_id=incoming.provider_id,
        reply_to=(context.id or None) if context else None,
        at=_to_datetime(incoming.message.timestamp),
    )


def _to_datetime(timestamp: str | None) -> datetime | None:
    """Parse a time in seconds; return None if it is invalid or out of range."""
    try:
        seconds = float(timestamp or "")
    except ValueError:
        return None
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < _MAX_TIMESTAMP else None
