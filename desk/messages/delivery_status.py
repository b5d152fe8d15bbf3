"""How far the last answers got, for who asks: it is shown to them alone, and costs no message."""

from sqlalchemy import select

from db.dialect import get_table
from db.queries.conversations.threads import Thread
from db.tables import DeliveryState, Direction, Message
from desk.unit_of_work import Desk

messages = get_table(Message)

_ANSWERS = 4
_KEYS = {
    DeliveryState.HELD: "ticks.held",
    DeliveryState.PENDING: "ticks.pending",
    DeliveryState.SENT: "ticks.sent",
    DeliveryState.DELIVERED: "ticks.delivered",
    DeliveryState.READ: "ticks.read",
    DeliveryState.FAILED: "ticks.failed",
    DeliveryState.UNCERTAIN: "ticks.uncertain",
    DeliveryState.RECEIVED: "ticks.received",
}
# What a provider shows of one answer to a press of a button, and of one line of ours.
_MOST, _LINE = 200, 48


async def ticks_of(desk: Desk, thread: Thread) -> str:
    """Tell the state of the newest answers of a conversation, the newest first."""
    rows = await desk.tx.execute(
        select(messages.c.delivery_state, messages.c.message, messages.c.message_type)
        .where(
            messages.c.conversation_id == thread.conversation_id,
            messages.c.direction == Direction.OUTBOUND,
        )
        .order_by(messages.c.id.desc())
        .limit(_ANSWERS)
    )
    lines = [_line(desk, state, words or kind) for state, words, kind in rows]
    return "\n".join(lines)[:_MOST] or desk.for_staff("ticks.none")


def _line(desk: Desk, state: DeliveryState, words: str) -> str:
    line = f"{desk.for_staff(_KEYS[state])}: {' '.join(words.split())}"
    return line if len(line) <= _LINE else f"{line[: _LINE - 1]}…"
