"""Remember the topics that conversations had before."""

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table, insert_or_ignore
from db.ids import ConversationId
from db.tables import Conversation
from db.tables.conversations import FormerTopic

conversations = get_table(Conversation)
former_topics = get_table(FormerTopic)


async def save_former_topics(tx: AsyncSession, which: ColumnElement[bool]) -> None:
    """Save the present topics of these conversations, before they are cleared."""
    columns = (conversations.c.staff_chat, conversations.c.staff_topic)
    there = and_(which, *(column.is_not(None) for column in columns))
    found = await tx.execute(select(*columns, conversations.c.id).where(there))
    rows = [
        {"staff_chat": chat, "staff_topic": topic, "conversation_id": conversation_id}
        for chat, topic, conversation_id in found
    ]
    if rows:
        await tx.execute(insert_or_ignore(tx, former_topics, ("staff_chat", "staff_topic")), rows)


async def find_conversation_by_former_topic(
    tx: AsyncSession, chat: str, topic: str
) -> ConversationId | None:
    """Find the conversation that had this topic; None if there is none."""
    found: ConversationId | None = await tx.scalar(
        select(former_topics.c.conversation_id).where(
            former_topics.c.staff_chat == chat, former_topics.c.staff_topic == topic
        )
    )
    return found
