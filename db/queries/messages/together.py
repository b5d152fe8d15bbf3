"""Find and change messages of staff that belong together: albums, and what follows a note."""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import count_changed, get_table
from db.ids import AgentId, ConversationId, MessageId
from db.queries.messages.message_rows import MessageRow, find_message, list_messages_from
from db.tables import DeliveryState, Direction, Message

messages = get_table(Message)

# The attribute that names the message that this one belongs to.
HELD_WITH = "held_with"
_MAX_SEARCHED = 60


async def list_together(tx: AsyncSession, message_id: MessageId) -> list[MessageRow]:
    """List the messages that belong to this one, itself included, oldest first."""
    row = await find_message(tx, message_id)
    if row is None:
        return []
    about = row.attributes or {}
    first, album = about.get(HELD_WITH, row.id), about.get("album")
    found = await list_messages_from(tx, row.conversation_id, first, most=_MAX_SEARCHED)
    return [
        each
        for each in found
        if each.id in {first, row.id}
        or (each.attributes or {}).get(HELD_WITH) == first
        or (album is not None and (each.attributes or {}).get("album") == album)
    ]


async def list_album(
    tx: AsyncSession, conversation_id: ConversationId, album: str
) -> list[MessageId]:
    """List the latest messages of staff that are items of an album."""
    rows = await tx.execute(
        select(messages.c.id, messages.c.attributes)
        .where(
            messages.c.conversation_id == conversation_id,
            messages.c.direction != Direction.INBOUND,
        )
        .order_by(messages.c.id.desc())
        .limit(_MAX_SEARCHED)
    )
    return [row.id for row in rows if (row.attributes or {}).get("album") == album]


async def make_notes(tx: AsyncSession, ids: Sequence[MessageId]) -> None:
    """Turn answers that were not sent into internal notes."""
    await tx.execute(
        update(messages)
        .where(messages.c.id.in_(ids), messages.c.direction == Direction.OUTBOUND)
        .values(
            direction=Direction.INTERNAL,
            delivery_state=DeliveryState.RECEIVED,
            delivery_error=None,
        )
    )


async def make_answer(
    tx: AsyncSession, message_id: MessageId, author_id: AgentId, author_name: str
) -> bool:
    """Turn a note or a held answer into an agent's answer; return False if it is neither."""
    result = await tx.execute(
        update(messages)
        .where(
            messages.c.id == message_id,
            messages.c.deleted_at.is_(None),
            (messages.c.direction == Direction.INTERNAL)
            | (messages.c.delivery_state == DeliveryState.HELD),
        )
        .values(
            direction=Direction.OUTBOUND,
            delivery_state=DeliveryState.PENDING,
            delivery_error=None,
            author_id=author_id,
            author_name=author_name,
        )
    )
    return count_changed(result) == 1
