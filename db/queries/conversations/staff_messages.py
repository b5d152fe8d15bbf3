"""Cards and notices in chats without topics, by the conversation that they are about."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table, insert_or_ignore
from db.ids import ChannelId, ConversationId
from db.tables.conversations import StaffMessage

_messages = get_table(StaffMessage)
_KEY = ("channel_id", "chat", "provider_id")


async def add_staff_messages(
    tx: AsyncSession,
    channel_id: ChannelId,
    chat: str,
    conversation_id: ConversationId,
    provider_ids: Sequence[str],
) -> None:
    """Save which conversation these messages of the desk are about."""
    rows = [
        {
            "channel_id": channel_id,
            "chat": chat,
            "provider_id": provider_id,
            "conversation_id": conversation_id,
        }
        for provider_id in provider_ids
    ]
    if rows:
        await tx.execute(insert_or_ignore(tx, _messages, _KEY), rows)


async def find_conversation(
    tx: AsyncSession, channel_id: ChannelId, chat: str, provider_id: str
) -> ConversationId | None:
    """Find the conversation that a card or a notice is about."""
    found: ConversationId | None = await tx.scalar(
        select(_messages.c.conversation_id).where(
            _messages.c.channel_id == channel_id,
            _messages.c.chat == chat,
            _messages.c.provider_id == provider_id,
        )
    )
    return found


async def list_staff_messages(
    tx: AsyncSession, conversation_ids: Sequence[ConversationId]
) -> list[tuple[ChannelId, str, str]]:
    """List the bot, the chat and the id of each card and notice of these conversations."""
    columns = (_messages.c.channel_id, _messages.c.chat, _messages.c.provider_id)
    these = _messages.c.conversation_id.in_(conversation_ids)
    rows = await tx.execute(select(*columns).where(these).order_by(*columns))
    return [(row[0], row[1], row[2]) for row in rows]


async def forget_staff_messages(
    tx: AsyncSession, conversation_ids: Sequence[ConversationId]
) -> None:
    """Forget the cards and notices of these conversations."""
    these = _messages.c.conversation_id.in_(conversation_ids)
    await tx.execute(delete(_messages).where(these))
