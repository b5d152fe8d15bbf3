"""Handle the Cloud API's inbox rows; each row contains one item of a webhook."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from pydantic import ValidationError
from pydantic_core import from_json

from bridge.cloud.intake.webhook_parser import CHANGE, HISTORY, UNREADABLE
from bridge.cloud.receiving import (
    account_events,
    customer_events,
    delivery_status,
    history,
    inbound,
)
from bridge.cloud.receiving.identity import UnidentifiedPersonError, parse_ids
from bridge.cloud.receiving.inbound import MessageContext
from bridge.cloud.receiving.webhook_models import (
    Call,
    Contact,
    ContactSync,
    HistoryPart,
    Message,
    Metadata,
    Preference,
    Status,
    WebhookError,
)
from db.ids import ChannelId
from db.queries.conversations import threads
from db.queues.inbox import InboxRow
from desk.channels import ServedChannel
from desk.conversations.threads import preload_copies
from desk.receiving.ports import RowHandler
from desk.unit_of_work import UnitOfWork

log = structlog.get_logger(__name__)

# What Meta's page calls the number and the account of its tests.
_TEST_NUMBER, _TEST_ACCOUNT = "123456123", "0"


class InvalidWebhookError(Exception):
    """The body is not a webhook of the Cloud API."""


class UnknownNumberError(Exception):
    """The item is about a number that is not a channel of this desk."""


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """A parsed inbox row."""

    kind: str
    field: str
    item: Any
    contact: Contact | None
    metadata: Metadata
    # The id of the business account, where it is given.
    account: str | None

    @property
    def number(self) -> str | None:
        return self.metadata.phone_number_id

    @property
    def is_test(self) -> bool:
        """Check whether Meta's page sent it: a person pressed "Test" there."""
        return self.number == _TEST_NUMBER or (self.account == _TEST_ACCOUNT and not self.number)


class CloudReceiver:
    """Handles the inbox rows of Cloud API numbers."""

    async def prepare(self, uow: UnitOfWork, rows: Sequence[InboxRow]) -> list[RowHandler]:
        """Parse a batch once, and load its customers' threads in a few queries."""
        parsed = [(row, _parse_row(row)) for row in rows]
        await _preload(uow, [(row, found) for row, found in parsed if isinstance(found, ParsedRow)])
        return [partial(_handle, uow, row, found) for row, found in parsed]


def _parse_row(row: InboxRow) -> ParsedRow | Exception:
    try:
        kept = from_json(row.payload)
        kind, item = str(kept["kind"]), kept["item"]
        if kept.get("errors") and isinstance(item, dict):
            item = {"errors": kept["errors"], **item}
        contact = kept.get("contact")
        metadata = kept.get("metadata")
        return ParsedRow(
            kind,
            str(kept.get("field") or ""),
            item,
            Contact.model_validate(contact) if isinstance(contact, dict) else None,
            Metadata.model_validate(metadata if isinstance(metadata, dict) else {}),
            str(kept["account"]) if kept.get("account") else None,
        )
    except Exception as error:
        return error


async def _preload(uow: UnitOfWork, rows: Sequence[tuple[InboxRow, ParsedRow]]) -> None:
    """Load the threads of all authors and recipients."""
    wanted: dict[ChannelId, set[str]] = {}
    for row, found in rows:
        item = found.item if isinstance(found.item, dict) else {}
        names = [item.get(key) for key in ("from", "to", "recipient_id")]
        phone, user_id = parse_ids(*(each for each in names if isinstance(each, str)))
        if found.kind in {"message", "echo", "status"}:
            wanted.setdefault(row.channel_id, set()).update(filter(None, (phone, user_id)))
    for channel_id, ids in wanted.items():
        for thread in await threads.lock_by_contacts(uow.tx, channel_id, sorted(ids)):
            uow.add_thread(thread)
    for channel_id, keys in _list_message_keys(rows).items():
        await preload_copies(uow, channel_id, keys)


def _list_message_keys(
    rows: Sequence[tuple[InboxRow, ParsedRow]],
) -> dict[ChannelId, set[tuple[str, str]]]:
    """List the messages in these rows and the messages that they reply to, by customer."""
    found: dict[ChannelId, set[tuple[str, str]]] = {}
    for row, incoming in rows:
        item = (
            incoming.item if incoming.kind == "message" and isinstance(incoming.item, dict) else {}
        )
        context = item.get("context")
        answered = context.get("id") if isinstance(context, dict) else None
        phone, user_id = parse_ids(
            *(each for key in ("from", "to") if isinstance(each := item.get(key), str))
        )
        keys = found.setdefault(row.channel_id, set())
        for name in filter(None, (phone, user_id)):
            for provider_id in (item.get("id"), answered):
                if isinstance(provider_id, str):
                    keys.add((name, provider_id))
    return found


async def _handle(uow: UnitOfWork, row: InboxRow, found: ParsedRow | Exception) -> None:
    """Handle one item; raise if it cannot be understood, or a handler fails."""
    if isinstance(found, Exception):
        raise InvalidWebhookError("the stored item cannot be read") from found
    channel = uow.channels[row.channel_id]
    if found.kind == UNREADABLE:
        raise InvalidWebhookError(
            "the body is not a webhook of the Cloud API; it is stored as received"
        )
    if found.is_test:
        await account_events.report_test(uow, channel, found.field)
        return
    if found.number is not None and found.number != channel.external_id:
        raise UnknownNumberError(
            f"the number with the id {found.number} is not a channel of this desk"
        )
    try:
        await _dispatch(uow, channel, row, found)
    except ValidationError as error:
        raise InvalidWebhookError(f"it is not a valid {found.kind} of the Cloud API") from error


async def _dispatch(
    uow: UnitOfWork, channel: ServedChannel, row: InboxRow, found: ParsedRow
) -> None:
    item = found.item
    match found.kind:
        case "message":
            incoming = MessageContext.parse(item, found.contact, row.provider_id)
            if incoming.message.group_id:
                await customer_events.handle_group_message(uow, channel, incoming)
            else:
                await inbound.handle_message(uow, channel, incoming)
        case "echo":
            incoming = MessageContext.parse(item, found.contact, row.provider_id)
            if incoming.message.group_id:
                log.info("whatsapp.ignored", what="an echo in a group")
            else:
                await inbound.handle_echo(uow, channel, incoming)
        case "status":
            status = Status.model_validate(item)
            await delivery_status.handle_status(uow, channel, status, found.contact)
        case "error":
            await account_events.report_error(uow, channel, WebhookError.model_validate(item))
        case kind if kind == CHANGE:
            await account_events.handle_change(uow, channel, found.field, item)
        case _:
            await _dispatch_customer_event(uow, channel, found)


async def _dispatch_customer_event(
    uow: UnitOfWork, channel: ServedChannel, found: ParsedRow
) -> None:
    """Handle what is no message; what is about nobody in particular is passed over."""
    item, contact = found.item, found.contact
    try:
        match found.kind:
            case "call":
                call = Call.model_validate(item)
                await customer_events.handle_call(uow, channel, call, contact, found.metadata)
            case "preference":
                preference = Preference.model_validate(item)
                await customer_events.handle_preference(uow, channel, preference, contact)
            case "contact_name":
                sync = ContactSync.model_validate(item)
                await customer_events.handle_contact_name(uow, channel, sync)
            case kind if kind == HISTORY:
                part = HistoryPart.model_validate(item)
                await history.handle_history(uow, channel, part, contact)
            case "history_file":
                message = Message.model_validate(item)
                await history.handle_history_file(uow, channel, message, item, found.metadata)
            case kind:  # the status of a call, a change of a group
                log.info("whatsapp.ignored", what=kind, field=found.field)
    except UnidentifiedPersonError:
        log.info("whatsapp.ignored", what=found.kind, field=found.field, reason="nobody's")
