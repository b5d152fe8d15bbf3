"""Understands what the Cloud API sends: inbox rows, each with one item of a webhook."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json

from bridge.cloud.intake.webhook_parser import CHANGE, UNREADABLE
from bridge.cloud.receiving import account_events, delivery_status, inbound
from bridge.cloud.receiving.identity import ids_of
from bridge.cloud.receiving.inbound import Told
from bridge.cloud.receiving.webhook_models import Contact, Fault, Message, Metadata, Status
from db.ids import ChannelId
from db.queries.conversations import threads
from db.queues.inbox import InboxRow
from desk.channels import ServedChannel
from desk.conversations.threads import preload_copies
from desk.receiving.ports import RowHandler
from desk.unit_of_work import UnitOfWork


class UnreadableError(Exception):
    """What came is no webhook of the Cloud API's."""


class UnknownNumberError(Exception):
    """It is about a number that is no channel of this desk's."""


@dataclass(frozen=True, slots=True)
class Row:
    """An inbox row, read."""

    kind: str
    field: str
    item: Any
    contact: Contact | None
    number: str | None


class CloudReceiver:
    """Handles the inbox rows of numbers at the Cloud API."""

    async def prepare(self, uow: UnitOfWork, rows: Sequence[InboxRow]) -> list[RowHandler]:
        """Read a batch once, and its customers' threads in a few queries."""
        read = [(row, _read(row)) for row in rows]
        await _look_up(uow, [(row, found) for row, found in read if isinstance(found, Row)])
        return [partial(_handle, uow, row, found) for row, found in read]


def _read(row: InboxRow) -> Row | Exception:
    try:
        kept = from_json(row.payload)
        kind, item = str(kept["kind"]), kept["item"]
        if kept.get("errors") and isinstance(item, dict):
            item = {"errors": kept["errors"], **item}
        contact = kept.get("contact")
        metadata = kept.get("metadata")
        return Row(
            kind,
            str(kept.get("field") or ""),
            item,
            Contact.model_validate(contact) if isinstance(contact, dict) else None,
            Metadata.model_validate(metadata if isinstance(metadata, dict) else {}).phone_number_id,
        )
    except Exception as error:
        return error


async def _look_up(uow: UnitOfWork, rows: Sequence[tuple[InboxRow, Row]]) -> None:
    """Have the threads of those who wrote, or were written to, at hand."""
    wanted: dict[ChannelId, set[str]] = {}
    for row, found in rows:
        item = found.item if isinstance(found.item, dict) else {}
        names = [item.get(key) for key in ("from", "to", "recipient_id")]
        phone, user_id = ids_of(*(each for each in names if isinstance(each, str)))
        if found.kind in {"message", "echo", "status"}:
            wanted.setdefault(row.channel_id, set()).update(filter(None, (phone, user_id)))
    for channel_id, ids in wanted.items():
        for thread in await threads.lock_by_contacts(uow.tx, channel_id, sorted(ids)):
            uow.add_thread(thread)
    for channel_id, places in _places(rows).items():
        await preload_copies(uow, channel_id, places)


def _places(rows: Sequence[tuple[InboxRow, Row]]) -> dict[ChannelId, set[tuple[str, str]]]:
    """List the messages that these tell of, and those that they answer, by who wrote them."""
    found: dict[ChannelId, set[tuple[str, str]]] = {}
    for row, told in rows:
        item = told.item if told.kind == "message" and isinstance(told.item, dict) else {}
        context = item.get("context")
        answered = context.get("id") if isinstance(context, dict) else None
        phone, user_id = ids_of(
            *(each for key in ("from", "to") if isinstance(each := item.get(key), str))
        )
        places = found.setdefault(row.channel_id, set())
        for name in filter(None, (phone, user_id)):
            for provider_id in (item.get("id"), answered):
                if isinstance(provider_id, str):
                    places.add((name, provider_id))
    return found


async def _handle(uow: UnitOfWork, row: InboxRow, found: Row | Exception) -> None:
    """Handle one item; raises where it cannot be understood, or a handler fails."""
    if isinstance(found, Exception):
        raise found
    channel = uow.channels[row.channel_id]
    if found.kind == UNREADABLE:
        raise UnreadableError("the body is no webhook of the Cloud API's; it is kept as it came")
    if found.number is not None and found.number != channel.external_id:
        raise UnknownNumberError(
            f"it is about the number with the id {found.number}, which is no channel of this desk"
        )
    try:
        await _of_kind(uow, channel, row, found)
    except ValidationError as error:
        raise UnreadableError(f"it is no {found.kind} of the Cloud API's") from error


async def _of_kind(uow: UnitOfWork, channel: ServedChannel, row: InboxRow, found: Row) -> None:
    item, contact = found.item, found.contact
    match found.kind:
        case "message" | "echo":
            told = Told(Message.model_validate(item), contact, row.provider_id, item)
            happened = inbound.message if found.kind == "message" else inbound.echo
            await happened(uow, channel, told)
        case "status":
            await delivery_status.status(uow, channel, Status.model_validate(item), contact)
        case "error":
            account_events.fault(uow, channel, Fault.model_validate(item))
        case kind if kind == CHANGE:
            await account_events.change(uow, channel, found.field, item)
        case _:
            raise UnreadableError(f"a kind of item that is not known: {found.kind}")
