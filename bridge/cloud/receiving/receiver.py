"""Handle the Cloud API's inbox rows; each row contains one item of a webhook."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json

from bridge.cloud.intake.webhook_parser import CHANGE, UNREADABLE
from bridge.cloud.receiving import account_events, delivery_status, inbound
from bridge.cloud.receiving.identity import parse_ids
from bridge.cloud.receiving.inbound import MessageContext
from bridge.cloud.receiving.webhook_models import Contact, Message, Metadata, Status, WebhookError
from db.ids import ChannelId
from db.queries.conversations import threads
from db.queues.inbox import InboxRow
from desk.channels import ServedChannel
from desk.conversations.threads import preload_copies
from desk.receiving.ports import RowHandler
from desk.unit_of_work import UnitOfWork


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
    number: str | None


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
            Metadata.model_validate(metadata if isinstance(metadata, dict) else {}).phone_number_id,
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
        raise found
    channel = uow.channels[row.channel_id]
    if found.kind == UNREADABLE:
        raise InvalidWebhookError(
            "the body is not a webhook of the Cloud API; it is stored as received"
        )
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
    item, contact = found.item, found.contact
    match found.kind:
        case "message" | "echo":
            incoming = MessageContext(Message.model_validate(item), contact, row.provider_id, item)
            handle = inbound.handle_message if found.kind == "message" else inbound.handle_echo
            await handle(uow, channel, incoming)
        case "status":
            await delivery_status.handle_status(uow, channel, Status.model_validate(item), contact)
        case "error":
            account_events.report_error(uow, channel, WebhookError.model_validate(item))
        case kind if kind == CHANGE:
            await account_events.handle_change(uow, channel, found.field, item)
        case _:
            raise InvalidWebhookError(f"unknown kind of item: {found.kind}")
