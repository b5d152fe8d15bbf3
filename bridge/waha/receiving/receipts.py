"""Handle the delivery status of our messages."""

from bridge.waha.client.models import Ack
from bridge.waha.identifiers import message_ids
from bridge.waha.receiving.event_context import EventContext
from db.tables import DeliveryState
from desk.messages.receipts import DeliveryReceipt, receive_receipt

_STATES = {
    -1: DeliveryState.FAILED,
    1: DeliveryState.SENT,
    2: DeliveryState.DELIVERED,
    3: DeliveryState.READ,
    4: DeliveryState.READ,
}
_ACKS_BY_NAME = {"ERROR": -1, "SERVER": 1, "DEVICE": 2, "READ": 3, "PLAYED": 4}


async def handle_ack(context: EventContext) -> None:
    """Handle how far one of our messages got; a read mark of a customer's message is nothing."""
    ack = context.parse(Ack)
    state = _find_state(ack)
    try:
        message_id = message_ids.parse_message_id(ack.id, from_us=ack.from_me)
    except message_ids.MalformedIdError:
        return
    if state is None or not message_id.from_us:
        return
    is_failed = state is DeliveryState.FAILED
    receipt = DeliveryReceipt(
        chat=context.chat,
        provider_id=message_id.stored_id,
        state=state,
        outbox_id=message_ids.find_row_id(context.channel.id, message_id.tail),
        reason=context.translate("reason.not_accepted_by_whatsapp") if is_failed else None,
    )
    await receive_receipt(context.uow, context.channel, receipt)


def _find_state(ack: Ack) -> DeliveryState | None:
    number = ack.ack if ack.ack is not None else _ACKS_BY_NAME.get(ack.ack_name or "")
    return None if number is None else _STATES.get(number)
