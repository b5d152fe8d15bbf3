"""Change the text of messages, and mark messages as deleted."""

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from db.content import Content
from db.dialect import count_changed, get_table
from db.ids import MessageId
from db.tables import DeliveryState, Message

messages = get_table(Message)

# Earlier versions of a message, the oldest first, as its column has them.
History = list[dict[str, Any]]


async def save_edit(
    tx: AsyncSession,
    message_id: MessageId,
    *,
    text: str | None,
    entities: list[dict[str, Any]] | None,
    file: dict[str, Any] | None,
    file_url: str | None,
    history: History,
    now: datetime,
) -> None:
    """Replace a message's text and file."""
    await _update(
        tx,
        message_id,
        message=text,
        entities=entities,
        file=file,
        file_url=file_url,
        edited_at=now,
        history=history,
    )


async def save_attributes(
    tx: AsyncSession, message_id: MessageId, attributes: dict[str, Any] | None
) -> None:
    """Replace what a message has beside text and file."""
    await _update(tx, message_id, attributes=attributes)


async def save_edited_history(
    tx: AsyncSession, message_id: MessageId, history: History, now: datetime
) -> None:
    """Mark a message as edited, with these earlier versions."""
    await _update(tx, message_id, edited_at=now, history=history)


async def save_original(
    tx: AsyncSession, message_id: MessageId, history: History, reply_to: MessageId | None
) -> None:
    """Save the earliest version of a message in its history, and what the message replies to."""
    await _update(tx, message_id, history=history, reply_to_id=reply_to)


async def replace_content(
    tx: AsyncSession,
    message_id: MessageId,
    content: Content,
    file_url: str | None,
) -> None:
    """Replace a placeholder with the message's content."""
    await _update(
        tx,
        message_id,
        message_type=content.type,
        message=content.text,
        entities=content.entities,
        file=content.file,
        file_url=file_url,
        attributes=content.attributes,
    )


async def mark_deleted(tx: AsyncSession, message_id: MessageId, now: datetime) -> bool:
    """Mark a message as deleted; return False if it was marked already."""
    result = await tx.execute(
        update(messages)
        .where(messages.c.id == message_id, messages.c.deleted_at.is_(None))
        .values(deleted_at=now)
    )
    return count_changed(result) == 1


DELETED_UNSENT = "deleted before it was sent"


async def mark_deleted_unsent(tx: AsyncSession, message_id: MessageId, now: datetime) -> None:
    """Mark a message as deleted that will not be sent."""
    await _update(
        tx,
        message_id,
        deleted_at=now,
        delivery_state=DeliveryState.FAILED,
        delivery_error=DELETED_UNSENT,
    )


async def set_deleted(tx: AsyncSession, message_id: MessageId, at: datetime | None) -> None:
    """Set when a message was deleted; None: it was not."""
    await _update(tx, message_id, deleted_at=at)


async def _update(tx: AsyncSession, message_id: MessageId, **values: Any) -> None:
    await tx.execute(update(messages).where(messages.c.id == message_id).values(values))
