"""What customers do, and what staff does on the phone itself, told to the desk."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from bridge.cloud.receiving.content_parser import contents_of
from bridge.cloud.receiving.identity import StrangerError, addressee, writer
from bridge.cloud.receiving.number_changes import follow, moved
from bridge.cloud.receiving.webhook_models import Contact, HalfAnItemError, Message
from db.tables import MessageType, Side
from desk.channels import ServedChannel
from desk.content import Content, IncomingMessage, Person
from desk.conversations.threads import find_thread_by_address, message_meant
from desk.messages import inbound
from desk.messages.from_phone import add_reply_from_phone
from desk.texts import translate
from desk.unit_of_work import UnitOfWork

_MOVES = {"user_changed_number", "user_changed_user_id"}
_LATEST = 2**33  # in seconds: the year 2242


@dataclass(frozen=True, slots=True)
class Told:
    """A message, with what stands beside it; `provider_id` names it where Meta does not."""

    message: Message
    contact: Contact | None
    provider_id: str
    # As it came: what this version does not know is shown out of it.
    raw: dict[str, Any]

    @property
    def inner(self) -> "Told":
        """The message that an edit holds."""
        raw = self.raw["edit"]["message"]
        return replace(self, message=Message.model_validate(raw), raw=raw)


async def message(uow: UnitOfWork, channel: ServedChannel, told: Told) -> None:
    """Take in what a customer did."""
    message = told.message
    if message.type == "system" and message.system and message.system.type in _MOVES:
        await moved(uow, channel, message)
        return
    person = writer(message, told.contact)
    await follow(uow, channel, person)
    match message.type:
        case "reaction":
            await _reacted(uow, channel, person, told)
        case "edit":
            await _edited(uow, channel, person, told)
        case "revoke":
            await _revoked(uow, channel, person, told)
        case "request_welcome":
            opened = Content(text=uow.text_for_staff("whatsapp.opened"))
            await inbound.handle_start(uow, channel, person, _said(told, person, opened))
        case "system" if message.system and message.system.body:
            words = Content(text=uow.text_for_staff("whatsapp.system", text=message.system.body))
            await inbound.receive_message(uow, channel, person, _said(told, person, words))
        case _:
            for content in _contents(uow, told):
                await inbound.receive_message(uow, channel, person, _said(told, person, content))


async def echo(uow: UnitOfWork, channel: ServedChannel, told: Told) -> None:
    """Take in what staff wrote to a customer on the business's own phone."""
    message = told.message
    person = addressee(message, told.contact)
    if message.type == "revoke":
        return  # taken back there; what was said stays here
    # A changed text is shown as another one, for what was said there is not ours to change.
    is_edit = message.edit is not None and message.edit.message is not None
    for content in _contents(uow, told.inner if is_edit else told):
        await add_reply_from_phone(uow, channel, person, _said(told, person, content))


async def _reacted(uow: UnitOfWork, channel: ServedChannel, person: Person, told: Told) -> None:
    reaction = told.message.reaction
    if reaction is None or not reaction.message_id:
        raise HalfAnItemError("the reaction does not say to which message")
    target, emoji = reaction.message_id, reaction.emoji or ""
    chat = await _where_it_is(uow, channel, person, target)
    if chat is not None:
        await inbound.receive_reaction(uow, channel, chat, target, emoji)
    else:
        key = "whatsapp.reacted" if emoji else "whatsapp.unreacted"
        await _show(uow, channel, person, told, uow.text_for_staff(key, emoji=emoji))


async def _revoked(uow: UnitOfWork, channel: ServedChannel, person: Person, told: Told) -> None:
    target = told.message.revoke.original_message_id if told.message.revoke else None
    if not target:
        raise HalfAnItemError("it does not say which message was deleted")
    chat = await _where_it_is(uow, channel, person, target)
    if chat is not None:
        await inbound.receive_deletion(uow, channel, chat, target)
    else:
        await _show(uow, channel, person, told, uow.text_for_staff("whatsapp.deleted"))


async def _where_it_is(
    uow: UnitOfWork, channel: ServedChannel, person: Person, target: str
) -> str | None:
    """Tell the chat of the customer's that a message is in; None: in none.

    Raises StrangerError where the customer is nobody to us.
    """
    thread = await find_thread_by_address(uow, channel, person.external_id, person.alias)
    if thread is None:
        raise StrangerError("it is about a message of somebody who never wrote to this desk")
    found = await message_meant(uow, thread, Side.CUSTOMER, thread.external_id, target)
    return None if found is None else thread.external_id


async def _show(
    uow: UnitOfWork, channel: ServedChannel, person: Person, told: Told, words: str
) -> None:
    """Show staff what a customer did to a message that is not known here."""
    content = Content(type=MessageType.OTHER, text=words, attributes={"kind": told.message.type})
    await inbound.receive_message(uow, channel, person, _said(told, person, content))


async def _edited(uow: UnitOfWork, channel: ServedChannel, person: Person, told: Told) -> None:
    edit = told.message.edit
    if edit is None or edit.message is None or not edit.original_message_id:
        raise HalfAnItemError("the edit does not say of which message, or what it says now")
    content = _contents(uow, told.inner)[0]
    said = replace(_said(told, person, content), provider_id=edit.original_message_id)
    await inbound.receive_edit(uow, channel, person, said)


def _contents(uow: UnitOfWork, told: Told) -> list[Content]:
    return contents_of(told.message, told.raw, partial(translate, uow.staff_language))


def _said(told: Told, person: Person, content: Content) -> IncomingMessage:
    context = told.message.context
    return IncomingMessage(
        content=content,
        chat=person.external_id,
        provider_id=told.provider_id,
        reply_to=(context.id or None) if context else None,
        at=_moment(told.message.timestamp),
    )


def _moment(timestamp: str | None) -> datetime | None:
    """Read a time in seconds; None where it is none, or of another age."""
    try:
        seconds = float(timestamp or "")
    except ValueError:
        return None
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < _LATEST else None
