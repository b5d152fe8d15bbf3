"""Handle Meta's delivery statuses of our messages."""

from bridge.cloud.client.error_mapping import explain_error, needs_template
from bridge.cloud.receiving.identity import UnidentifiedPersonError, find_recipient_id
from bridge.cloud.receiving.summaries import summarize_error
from bridge.cloud.receiving.webhook_models import Contact, IncompleteItemError, Status
from db.tables import DeliveryState
from desk.channels import ServedChannel
from desk.messages.receipts import DeliveryReceipt, receive_receipt
from desk.unit_of_work import UnitOfWork

_STATES = {
    "sent": DeliveryState.SENT,
    "delivered": DeliveryState.DELIVERED,
    "read": DeliveryState.READ,
    "played": DeliveryState.READ,
    "failed": DeliveryState.FAILED,
}
_MAX_ROW_ID = 2**63 - 1
_MAX_REASON = 500


class UnknownStatusError(Exception):
    """A status that this version does not know."""


async def handle_status(
    uow: UnitOfWork, channel: ServedChannel, status: Status, contact: Contact | None
) -> None:
    """Record the delivery status of one of our messages."""
    state = _STATES.get(status.status or "")
    if state is None:
        raise UnknownStatusError(f"unknown status: {status.status}")
    if not status.id:
        raise IncompleteItemError("the status does not name its message")
    failed = status.errors if state is DeliveryState.FAILED else []
    codes = [int(each.code) for each in failed if each.code and each.code.isdecimal()]
    language = uow.staff_language
    reasons = [
        explain_error(codes[0] if codes else -1, summarize_error(each), language)[:_MAX_REASON]
        for each in failed[:1]
    ]
    await receive_receipt(
        uow,
        channel,
        DeliveryReceipt(
            chat=_find_recipient(status, contact),
            provider_id=status.id,
            state=state,
            outbox_id=_parse_row_id(status.biz_opaque_callback_data),
            reason=reasons[0] if reasons else None,
            needs_template=any(map(needs_template, codes)),
        ),
    )


def _find_recipient(status: Status, contact: Contact | None) -> str:
    """Return the recipient, or an empty text if unknown: the message id is enough then."""
    try:
        return find_recipient_id(status, contact)
    except UnidentifiedPersonError:
        return ""


def _parse_row_id(given: str | None) -> int | None:
    """Parse the outbox row id that we sent with the message."""
    if given is None or not given.isascii() or not given.isdecimal() or len(given) > 19:  # noqa: PLR2004 digits of the largest
        return None
    return int(given) if 0 < int(given) <= _MAX_ROW_ID else None
