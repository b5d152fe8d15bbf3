"""Handle WAHA's events of linked numbers."""

from collections.abc import Sequence
from functools import partial
from typing import TypeVar

import structlog
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from bridge.waha.client.models import (
    Ack,
    Edit,
    Event,
    Message,
    Reaction,
    Revoke,
    StatusChange,
    to_link_status,
)
from bridge.waha.convert.causes import find_cause
from bridge.waha.convert.from_waha import find_name, to_content, to_datetime, to_person
from bridge.waha.identifiers import chat_ids, message_ids
from bridge.waha.intake.raw_events import EDITED, MESSAGE, MESSAGE_ANY, REACTION
from db.ids import ChannelId
from db.queries.conversations import threads
from db.queues.inbox import InboxRow
from db.tables import DeliveryState, Side
from desk.channels import ServedChannel
from desk.content import IncomingMessage, Person
from desk.conversations.threads import find_message, find_referenced_message, find_thread_by_address
from desk.linking import status as link_status
from desk.linking.states import LinkReport
from desk.messages import from_phone, inbound, receipts
from desk.receiving.ports import RowHandler
from desk.unit_of_work import UnitOfWork

log = structlog.get_logger(__name__)

M = TypeVar("M", bound=BaseModel)
_PHONE_SOURCE = "app"
_STATES = {
    -1: DeliveryState.FAILED,
    1: DeliveryState.SENT,
    2: DeliveryState.DELIVERED,
    3: DeliveryState.READ,
    4: DeliveryState.READ,
}


class UnknownEventError(Exception):
    """WAHA sent an event that this version does not know or cannot read."""


class WahaReceiver:
    """Handles the inbox rows of numbers that are linked through WAHA."""

    async def prepare(self, uow: UnitOfWork, rows: Sequence[InboxRow]) -> list[RowHandler]:
        """Parse a batch once, and load its threads in a few queries."""
        parsed = [(row, _parse(row)) for row in rows]
        await _preload(uow, parsed)
        return [partial(self._handle, uow, row, found) for row, found in parsed]

    async def _handle(self, uow: UnitOfWork, row: InboxRow, event: Event | Exception) -> None:
        """Handle one event; raise if it cannot be read, is unknown, or a handler fails."""
        if isinstance(event, Exception):
            raise event
        channel = uow.channels[row.channel_id]
        match event.event:
            case "message" | "message.any":
                await _on_message(uow, channel, event, _parse_payload(Message, event))
            case "message.ack":
                await _on_ack(uow, channel, event, _parse_payload(Ack, event))
            case "message.reaction":
                await _on_reaction(uow, channel, event, _parse_payload(Reaction, event))
            case "message.edited":
                await _on_edit(uow, channel, event, _parse_payload(Edit, event))
            case "message.revoked":
                await _on_revoke(uow, channel, event, _parse_payload(Revoke, event))
            case "session.status":
                await _on_status(uow, channel, event, _parse_payload(StatusChange, event))
            case _:
                raise UnknownEventError(f"unknown type of event: {event.event[:60]!r}")


def _parse(row: InboxRow) -> Event | Exception:
    try:
        return Event.model_validate(from_json(row.payload))
    except ValidationError as error:
        return UnknownEventError(f"not an event of WAHA's: {_format_errors(error)}")
    except ValueError as error:
        return UnknownEventError(f"the body is not JSON: {error}")


def _parse_payload(kind: type[M], event: Event) -> M:
    try:
        return kind.model_validate(event.payload)
    except ValidationError as error:
        raise UnknownEventError(f"{event.event}: {_format_errors(error)}") from None


def _format_errors(error: ValidationError) -> str:
    errors = error.errors(include_url=False, include_input=False, include_context=False)
    lines = (f"{'.'.join(map(str, each['loc'])) or 'it'}: {each['msg']}" for each in errors[:5])
    return "; ".join(lines)


async def _preload(uow: UnitOfWork, parsed: Sequence[tuple[InboxRow, Event | Exception]]) -> None:
    contacts: dict[ChannelId, set[str]] = {}
    for row, event in parsed:
        if isinstance(event, Event) and event.event in _CUSTOMER_EVENTS:
            chat = event.resolved or chat_ids.normalize_person_chat(event.payload.get("from"))
            if chat is not None:
                contacts.setdefault(row.channel_id, set()).add(chat)
    for channel_id, found in contacts.items():
        for thread in await threads.lock_by_contacts(uow.tx, channel_id, sorted(found)):
            uow.add_thread(thread)


_CUSTOMER_EVENTS = {MESSAGE, MESSAGE_ANY, REACTION, EDITED}


def _find_chat(event: Event, named: object, written_id: str | None) -> str | None:
    """Return the chat of an event, or None if it is not a person's."""
    if named is None and written_id is not None:
        named = message_ids.parse_message_id(written_id).chat
    chat = chat_ids.normalize_person_chat(named)
    if chat is None:
        if chat_ids.find_non_person_kind(named) is None:
            raise UnknownEventError(f"{event.event}: the event does not name its chat")
        log.info("waha.ignored", event=event.event, reason=chat_ids.find_non_person_kind(named))
    return chat


async def _on_message(
    uow: UnitOfWork, channel: ServedChannel, event: Event, message: Message
) -> None:
    message_id = message_ids.parse_message_id(message.id, from_us=message.from_me)
    chat = _find_chat(event, message.chat, message.id)
    if chat is None:
        return
    if message.from_me and message.source != _PHONE_SOURCE:
        await _handle_own_echo(uow, channel, chat, message_id)
        return
    name = None if message.from_me else find_name(message)
    person = to_person(chat, event.resolved, name)
    said = IncomingMessage(
        content=to_content(message, message_id.tail),
        chat=person.external_id,
        provider_id=message_id.stored_id,
        reply_to=await _find_reply_target(uow, channel, person, message),
        at=to_datetime(message.timestamp),
    )
    if message.from_me:
        await from_phone.add_reply_from_phone(uow, channel, person, said, find_cause(message))
    else:
        await inbound.receive_message(uow, channel, person, said, find_cause(message))


async def _handle_own_echo(
    uow: UnitOfWork, channel: ServedChannel, chat: str, message_id: message_ids.MessageId
) -> None:
    """Handle the event of our own message as a receipt if its id comes from a row of ours."""
    row_id = message_ids.find_row_id(channel.id, message_id.tail)
    if row_id is not None:
        receipt = receipts.DeliveryReceipt(chat, message_id.stored_id, DeliveryState.SENT, row_id)
        await receipts.receive_receipt(uow, channel, receipt)


async def _find_reply_target(
    uow: UnitOfWork, channel: ServedChannel, person: Person, message: Message
) -> str | None:
    """Find the message that this one replies to; a bare tail may be of either side."""
    written = message.reply_to.id if message.reply_to else None
    if written is None:
        return None
    try:
        target = message_ids.parse_message_id(written)
    except message_ids.MalformedIdError:
        return None
    if message_ids.has_author(written):
        return target.stored_id
    thread = await find_thread_by_address(uow, channel, person.external_id, person.alias)
    if thread is None:
        return None
    chat = thread.external_id
    ours, theirs = (
        message_ids.MessageId(from_us, target.tail).stored_id for from_us in (True, False)
    )
    if await find_message(uow, channel.id, chat, theirs) is not None:
        return theirs
    known = await find_referenced_message(uow, thread, Side.CUSTOMER, chat, ours)
    return ours if known is not None else None


async def _on_ack(uow: UnitOfWork, channel: ServedChannel, event: Event, ack: Ack) -> None:
    message_id = message_ids.parse_message_id(ack.id, from_us=ack.from_me)
    state = _STATES.get(ack.ack)
    if state is None or not message_id.from_us:
        return  # not yet at WhatsApp, or the read mark of a customer's message
    chat = _find_chat(event, message_id.chat or ack.to, ack.id)
    if chat is None:
        return
    receipt = receipts.DeliveryReceipt(
        chat=event.resolved or chat,
        provider_id=message_id.stored_id,
        state=state,
        outbox_id=message_ids.find_row_id(channel.id, message_id.tail),
        reason="WhatsApp did not accept the message" if state is DeliveryState.FAILED else None,
    )
    await receipts.receive_receipt(uow, channel, receipt)


async def _on_reaction(
    uow: UnitOfWork, channel: ServedChannel, event: Event, reaction: Reaction
) -> None:
    if reaction.from_me:
        # an event of our own reaction, or one from the phone, which only the customer needs to see
        return
    chat = _find_chat(event, reaction.sender, reaction.id)
    if chat is not None:
        target = message_ids.parse_message_id(reaction.reaction.message_id).stored_id
        emoji = reaction.reaction.text or ""
        await inbound.receive_reaction(uow, channel, event.resolved or chat, target, emoji)


async def _on_edit(uow: UnitOfWork, channel: ServedChannel, event: Event, edit: Edit) -> None:
    if edit.from_me:
        return  # an event of our own edit, or one on the phone, which does not change our record
    chat = _find_chat(event, edit.chat, edit.id)
    if chat is None:
        return
    person = to_person(chat, event.resolved, find_name(edit))
    # Only the tail is given. Only the author can edit.
    target = message_ids.parse_message_id(edit.edited_id)
    said = IncomingMessage(
        content=to_content(edit, target.tail),
        chat=person.external_id,
        provider_id=target.stored_id,
        at=to_datetime(edit.timestamp),
    )
    await inbound.receive_edit(uow, channel, person, said)


async def _on_revoke(uow: UnitOfWork, channel: ServedChannel, event: Event, revoke: Revoke) -> None:
    message, deleted_id = revoke.after or revoke.before, revoke.deleted_id
    if message is None or deleted_id is None:
        raise UnknownEventError("message.revoked: the event does not name the message or the chat")
    if message.from_me:
        return  # our own deletion, or one on the phone: the topic keeps the message
    chat = _find_chat(event, message.chat, message.id)
    if chat is not None:
        stored_id = message_ids.parse_message_id(deleted_id).stored_id
        await inbound.receive_deletion(uow, channel, event.resolved or chat, stored_id)


async def _on_status(
    uow: UnitOfWork, channel: ServedChannel, event: Event, change: StatusChange
) -> None:
    status = to_link_status(change.status)
    if status is None:
        raise UnknownEventError(f"session.status: unknown status {change.status[:60]!r}")
    me = event.me
    report = LinkReport(
        status,
        at=to_datetime(event.timestamp) or uow.now,
        phone=chat_ids.to_phone(chat_ids.normalize_person_chat(me.id) or "@lid") if me else None,
        name=me.push_name if me else None,
    )
    await link_status.update_status(uow, channel, report)
