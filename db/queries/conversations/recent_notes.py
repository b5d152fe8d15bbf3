"""Save what staff wrote in a topic for itself lately."""

from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import ConversationId
from db.tables import Conversation

conversations = get_table(Conversation)


async def save_recent_notes(
    tx: AsyncSession, conversation_id: ConversationId, notes: list[Any]
) -> None:
    """Replace a conversation's recent notes."""
    await tx.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(recent_notes=notes)
    )
