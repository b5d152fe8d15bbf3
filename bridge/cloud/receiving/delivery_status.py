"""Handle Meta's statuses: of our messages' delivery, of deletions, and of payments."""

import structlog

from bridge.cloud.client.error_mapping import explain_error, needs_template
from bridge.cloud.receiving.error_words import describe_error, humanize
from bridge.cloud.receiving.identity import UnidentifiedPersonError, find_recipient_id
from bridge.cloud.receiving.webhook_models import Contact, Status
from db.tables import DeliveryState
from desk.causes import Cause
from desk.channels import ServedChannel
from desk.messages import inbound
from desk.messages.receipts import DeliveryReceipt, receive_receipt
from desk.unit_of_work import UnitOfWork

log = structlog.get_logger(__name__)

_STATES = {
    "sent": DeliveryState.SENT,
    "delivered": DeliveryState.DELIVERED,
    "read": DeliveryState.READ,
    "played": DeliveryState.READ,
    "failed": DeliveryState.FAILED,
}
# The customer deleted a message: one of their own, or one of ours from their own phone.
_DELETED = "deleted"
_PAYMENT_STATES = {"pending", "captured", "success", "failed", "canceled", "expired"}
_MAX_ROW_ID = 2**63 - 1
_MAX_REASON = 500


async def handle_status(
    uow: UnitOfWork, channel: ServedChannel, status: Status, contact: Contact | None
) -> None:
    """Record the delivery status of one of our messages, or tell staff of a payment."""
    recipient = _find_recipient(status, contact)
    state = _STATES.get(status.status or "")
    if status.type == "payment" or status.payment is not None:
        await _report_payment(uow, channel, status, recipient)
        return
    if status.status == _DELETED and status.id:
        await inbound.receive_deletion(uow, channel, recipient, status.id)
        return
    if state is None or not status.id:
        log.info("whatsapp.ignored", what="a status", status=status.status, type=status.type)
        return
    failed = status.errors if state is DeliveryState.FAILED else []
    codes = [int(each.code) for each in failed if each.code and each.code.isdecimal()]
    language, say = uow.staff_language, uow.text_for_staff
    reasons = [
        explain_error(codes[0] if codes else -1, describe_error(each, say), language)[:_MAX_REASON]
        for each in failed[:1]
    ]
    await receive_receipt(
        uow,
        channel,
        DeliveryReceipt(
            chat=recipient,
            provider_id=status.id,
            state=state,
            outbox_id=_parse_row_id(status.biz_opaque_callback_data),
            reason=reasons[0] if reasons else None,
            needs_template=any(map(needs_template, codes)),
        ),
    )


async def _report_payment(
    uow: UnitOfWork, channel: ServedChannel, status: Status, recipient: str
) -> None:
    """Notify staff in the topic how far the payment of an order has got."""
    code = (status.status or "").lower()
    known = code in _PAYMENT_STATES
    state = uow.text_for_staff(f"whatsapp_payment.{code}") if known else humanize(code)
    reference = (status.payment.reference_id if status.payment else None) or ""
    text = uow.text_for_staff("whatsapp.payment", reference=reference, state=state)
    await inbound.report_event(uow, channel, [recipient], Cause.PAYMENT, text)


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
