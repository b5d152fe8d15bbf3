"""Keep what was said on the business's phone before its number was connected to the Cloud API."""

from typing import Any

import structlog

from bridge.cloud.receiving.account_events import report_error
from bridge.cloud.receiving.content_parser import parse_contents
from bridge.cloud.receiving.identity import UnidentifiedPersonError, to_person
from bridge.cloud.receiving.timestamps import to_datetime
from bridge.cloud.receiving.webhook_models import (
    Contact,
    HistoryMessage,
    HistoryPart,
    Message,
    Metadata,
)
from db.tables import DeliveryState
from desk.channels import ServedChannel
from desk.messages.past_messages import PastMessage, complete_past_message, keep_past_messages
from desk.unit_of_work import UnitOfWork

log = structlog.get_logger(__name__)

_STATES = {
    "ERROR": DeliveryState.FAILED,
    "PENDING": DeliveryState.UNCERTAIN,
    "SENT": DeliveryState.SENT,
    "DELIVERED": DeliveryState.DELIVERED,
    "READ": DeliveryState.READ,
    "PLAYED": DeliveryState.READ,
}
# What a customer did to a message, or what nobody wrote.
_NO_MESSAGES = {"reaction", "edit", "revoke", "system", "errors"}


async def handle_history(
    uow: UnitOfWork,
    channel: ServedChannel,
    part: HistoryPart,
    contact: Contact | None,
) -> None:
    """Keep some of a customer's messages; an owner who shares none is told to the admins."""
    for error in part.errors:
        await report_error(uow, channel, error)
    if not part.messages:
        return
    person = to_person(part.id, contact=contact)
    past = [_to_past_message(uow, each, part.id, place) for place, each in enumerate(part.messages)]
    await keep_past_messages(uow, channel, person, [each for each in past if each is not None])


def _to_past_message(
    uow: UnitOfWork, raw: dict[str, Any], customer: str | None, place: int
) -> PastMessage | None:
    """Convert one message; those of one second keep their order."""
    message = HistoryMessage.model_validate(raw)
    at = to_datetime(message.timestamp)
    if not message.id or at is None or message.type in _NO_MESSAGES:
        return None
    status = message.history_context.status if message.history_context else None
    [content, *_] = parse_contents(message, raw, uow.text_for_staff)
    return PastMessage(
        content=content,
        provider_id=message.id,
        said_at=at.replace(microsecond=place * 1000),
        is_from_customer=message.from_ == customer,
        state=_STATES.get((status or "").upper(), DeliveryState.SENT),
    )


async def handle_history_file(
    uow: UnitOfWork,
    channel: ServedChannel,
    message: Message,
    raw: dict[str, Any],
    metadata: Metadata,
) -> None:
    """Put a file in its place in the history, where it was announced without its content."""
    [content, *_] = parse_contents(message, raw, uow.text_for_staff)
    is_ours = message.from_ == metadata.display_phone_number
    name = message.to if is_ours else message.from_
    names = (name, message.to_user_id if is_ours else message.from_user_id)
    if message.id and await complete_past_message(uow, channel, names, message.id, content):
        return
    at = to_datetime(message.timestamp)
    try:
        person = to_person(*names)
    except UnidentifiedPersonError:
        log.info("whatsapp.ignored", what="a file of the history, of nobody", id=message.id)
        return
    if message.id and at is not None:
        past = PastMessage(content, message.id, at, is_from_customer=not is_ours)
        await keep_past_messages(uow, channel, person, [past])
