"""Change how far answers got."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import count_changed, get_table
from db.ids import AgentId, ConversationId, MessageId
from db.tables import DeliveryState, Message

messages = get_table(Message)

_MAX_ERROR_LENGTH = 500
_MARK_SENT = (
    update(messages)
    .where(
        messages.c.id.in_(bindparam("ids", expanding=True)),
        messages.c.delivery_state == DeliveryState.PENDING,
    )
    .values(delivery_state=DeliveryState.SENT)
)


async def mark_sent(tx: AsyncSession, ids: Sequence[MessageId]) -> None:
    """Mark those of these answers as sent that were waiting to be sent."""
    if ids:
        await tx.execute(_MARK_SENT, {"ids": ids})


async def set_delivery_state(
    tx: AsyncSession, message_id: MessageId, state: DeliveryState, reason: str | None
) -> None:
    """Set an answer's delivery state; `reason` None clears the error."""
    change = {"delivery_state": state, "delivery_error": reason and reason[:_MAX_ERROR_LENGTH]}
    await tx.execute(update(messages).where(messages.c.id == message_id).values(change))


async def take_held_answer(
    tx: AsyncSession,
    conversation_id: ConversationId,
    message_id: MessageId,
    author_id: AgentId,
    author_name: str,
    *,
    now: datetime,
) -> bool:
    """Give an answer that waits for its author to this agent.

    Returns False if it waits no more, or is of another conversation.
    """
    result = await tx.execute(
        update(messages)
        .where(
            messages.c.id == message_id,
            messages.c.conversation_id == conversation_id,
            messages.c.delivery_state == DeliveryState.HELD,
            messages.c.delivery_error.is_(None),
        )
        .values(
            delivery_state=DeliveryState.PENDING,
            author_id=author_id,
            author_name=author_name,
            released_at=now,
        )
    )
    return count_changed(result) == 1
