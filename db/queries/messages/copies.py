"""Find the copies of messages at providers, and the messages of copies."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import ChannelId, ConversationId, MessageId
from db.tables import Direction, Message, MessageLink, MessageType, Side

links = get_table(MessageLink)
messages = get_table(Message)


@dataclass(frozen=True, slots=True)
class MessageCopy:
    """One copy of a message at a provider."""

    message_id: MessageId
    side: Side
    channel_id: ChannelId
    chat: str
    provider_id: str


async def delete_copies(tx: AsyncSession, message_id: MessageId, side: Side) -> None:
    """Forget a message's copies on one side: they are deleted there."""
    await tx.execute(delete(links).where(links.c.message_id == message_id, links.c.side == side))


async def find_message_at(
    tx: AsyncSession, channel_id: ChannelId, chat: str, provider_id: str
) -> tuple[MessageId, ConversationId] | None:
    """Find the message, with its conversation, that a provider's message is a copy of."""
    found = await tx.execute(
        select(links.c.message_id, messages.c.conversation_id)
        .join(messages, messages.c.id == links.c.message_id)
        .where(
            links.c.channel_id == channel_id,
            links.c.chat == chat,
            links.c.provider_id == provider_id,
        )
        .order_by(links.c.id)
        .limit(1)
    )
    row = found.first()
    return (row[0], row[1]) if row else None


async def is_first_copy(
    tx: AsyncSession, message_id: MessageId, side: Side, provider_id: str
) -> bool:
    """Check whether this is the first of a message's copies on one side: it may be in parts."""
    there = select(links.c.provider_id).where(links.c.message_id == message_id)
    first = await tx.scalar(there.where(links.c.side == side).order_by(links.c.id).limit(1))
    return bool(first == provider_id)


async def find_source_channel(tx: AsyncSession, message_id: MessageId) -> ChannelId | None:
    """Return the channel through which a message came; None: it came by the API.

    The original is linked before every copy.
    """
    there = select(links.c.channel_id).where(links.c.message_id == message_id)
    found: ChannelId | None = await tx.scalar(there.order_by(links.c.id).limit(1))
    return found


async def find_messages_at(
    tx: AsyncSession, channel_id: ChannelId, places: Collection[tuple[str, str]]
) -> dict[tuple[str, str], MessageId]:
    """Find the messages whose copies are at these places, each (chat, provider's id)."""
    rows = await tx.execute(
        _AT,
        {
            "channel": channel_id,
            "chats": sorted({chat for chat, _ in places}),
            "ids": sorted({provider_id for _, provider_id in places}),
        },
    )
    found: dict[tuple[str, str], MessageId] = {}
    for chat, provider_id, message_id in rows:
        found.setdefault((chat, provider_id), message_id)
    return found


_AT = (
    select(links.c.chat, links.c.provider_id, links.c.message_id)
    .where(
        links.c.channel_id == bindparam("channel"),
        links.c.chat.in_(bindparam("chats", expanding=True)),
        links.c.provider_id.in_(bindparam("ids", expanding=True)),
    )
    .order_by(links.c.id)
)


async def move_chat(tx: AsyncSession, channel_id: ChannelId, old: str, new: str) -> None:
    """Move the copies of one chat to another: the chat has a new id."""
    there = update(links).where(links.c.channel_id == channel_id, links.c.chat == old)
    await tx.execute(there.values(chat=new))


@dataclass(frozen=True, slots=True)
class CombinedMessage:
    """The current content of a message, with its author and direction."""

    type: MessageType
    text: str | None
    entities: list[dict[str, Any]] | None
    direction: Direction
    author: str | None


async def find_combined_messages(
    tx: AsyncSession, channel_ids: Collection[ChannelId], copies: Sequence[MessageCopy]
) -> dict[tuple[str, str], list[CombinedMessage]]:
    """Find those of these copies that hold several messages, with each message's current content.

    By (chat, provider's id), the messages in their order.
    """
    found: dict[tuple[str, str], list[CombinedMessage]] = {}
    if not copies:
        return found
    rows = await tx.execute(
        select(
            links.c.chat,
            links.c.provider_id,
            messages.c.message_type,
            messages.c.message,
            messages.c.entities,
            messages.c.direction,
            messages.c.author_name,
        )
        .join(messages, messages.c.id == links.c.message_id)
        .where(
            links.c.channel_id.in_(channel_ids),
            links.c.chat.in_({copy.chat for copy in copies}),
            links.c.provider_id.in_({copy.provider_id for copy in copies}),
            links.c.side == copies[0].side,
        )
        .order_by(links.c.message_id)
    )
    for chat, provider_id, *said in rows:
        found.setdefault((chat, provider_id), []).append(CombinedMessage(*said))
    return {place: said for place, said in found.items() if len(said) > 1}


async def list_copies(
    tx: AsyncSession, message_ids: Sequence[MessageId], side: Side
) -> dict[MessageId, list[MessageCopy]]:
    """List the copies of these messages on one side, in the order in which they were made."""
    found: dict[MessageId, list[MessageCopy]] = {}
    if not message_ids:
        return found
    rows = await tx.execute(
        select(
            links.c.message_id,
            links.c.side,
            links.c.channel_id,
            links.c.chat,
            links.c.provider_id,
        )
        .where(links.c.message_id.in_(message_ids), links.c.side == side)
        .order_by(links.c.id)
    )
    for row in rows:
        found.setdefault(row.message_id, []).append(MessageCopy(*row))
    return found
