"""Find and change drafts: answers in the state HELD with a reason."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import count_changed, get_table
from db.ids import ConversationId, MessageId
from db.tables import DeliveryState, Direction, Message

messages = get_table(Message)

_MAX_ERROR_LENGTH = 500
_IS_DRAFT = (
    messages.c.delivery_state == DeliveryState.HELD,
    messages.c.delivery_error.is_not(None),
    messages.c.deleted_at.is_(None),
)


async def hold(tx: AsyncSession, message_id: MessageId, reason: str) -> bool:
    """Make an answer a draft; return False if it is one already, or was deleted."""
    result = await tx.execute(
        update(messages)
        .where(
            messages.c.id == message_id,
            messages.c.deleted_at.is_(None),
            messages.c.delivery_error.is_(None) | (messages.c.delivery_state != DeliveryState.HELD),
        )
        .values(delivery_state=DeliveryState.HELD, delivery_error=reason[:_MAX_ERROR_LENGTH])
    )
    return count_changed(result) == 1


async def list_drafts(
    tx: AsyncSession, conversation_id: ConversationId, *, most_searched: int
) -> Sequence[MessageId]:
    """List the drafts among the newest messages of a conversation, oldest first."""
    newest = (
        select(messages.c.id)
        .where(messages.c.conversation_id == conversation_id)
        .order_by(messages.c.id.desc())
        .limit(most_searched)
        .subquery()
    )
    kept = select(messages.c.id).join(newest, newest.c.id == messages.c.id).where(*_IS_DRAFT)
    return (await tx.scalars(kept.order_by(messages.c.id))).all()


async def release_draft(
    tx: AsyncSession, conversation_id: ConversationId, message_id: MessageId, now: datetime
) -> bool:
    """Mark a draft to be sent; return False if it is no draft of this conversation any more."""
    values = {
        "delivery_state": DeliveryState.PENDING,
        "delivery_error": None,
        "released_at": now,
    }
    return await _change(tx, conversation_id, message_id, values)


async def discard_draft(
    tx: AsyncSession,
    conversation_id: ConversationId,
    message_id: MessageId,
    reason: str,
    now: datetime,
) -> bool:
    """Mark a draft as deleted; return False if it is no draft of this conversation any more."""
    values = {"delivery_state": DeliveryState.FAILED, "delivery_error": reason, "deleted_at": now}
    return await _change(tx, conversation_id, message_id, values)


async def _change(
    tx: AsyncSession,
    conversation_id: ConversationId,
    message_id: MessageId,
    values: dict[str, Any],
) -> bool:
    this = update(messages).where(
        messages.c.id == message_id,
        messages.c.conversation_id == conversation_id,
        messages.c.direction == Direction.OUTBOUND,
        *_IS_DRAFT,
    )
    return count_changed(await tx.execute(this.values(values))) == 1
