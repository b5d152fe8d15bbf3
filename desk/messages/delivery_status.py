"""Show an agent how far the last replies got: in the answer to a button, which costs no message."""

from db.queries.conversations.threads import Thread
from db.queries.messages.message_rows import list_newest_replies
from db.tables import DeliveryState
from desk.unit_of_work import UnitOfWork

_MAX_MESSAGES = 4
_KEYS = {
    DeliveryState.HELD: "delivery_status.held",
    DeliveryState.PENDING: "delivery_status.pending",
    DeliveryState.SENT: "delivery_status.sent",
    DeliveryState.DELIVERED: "delivery_status.delivered",
    DeliveryState.READ: "delivery_status.read",
    DeliveryState.FAILED: "delivery_status.failed",
    DeliveryState.UNCERTAIN: "delivery_status.uncertain",
    DeliveryState.RECEIVED: "delivery_status.received",
}
# Limits of the provider's pop-up for a button, and of one line in it.
_MAX_LENGTH, _MAX_LINE_LENGTH = 200, 48


async def describe_deliveries(uow: UnitOfWork, thread: Thread) -> str:
    """Return the delivery states of a conversation's newest replies, the newest first."""
    replies = await list_newest_replies(uow.tx, thread.conversation_id, most=_MAX_MESSAGES)
    lines = [_line(uow, each.delivery_state, each.message or each.message_type) for each in replies]
    return "\n".join(lines)[:_MAX_LENGTH] or uow.text_for_staff("delivery_status.none")


def _line(uow: UnitOfWork, state: DeliveryState, words: str) -> str:
    line = f"{uow.text_for_staff(_KEYS[state])}: {' '.join(words.split())}"
    return line if len(line) <= _MAX_LINE_LENGTH else f"{line[: _MAX_LINE_LENGTH - 1]}…"
