"""Add messages and the links to their copies, many rows in one statement.

The rows are typed dicts, which the driver takes as they are: nothing is built for each row.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypedDict

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import AgentId, ChannelId, ConversationId, MessageId, SessionId
from db.tables import DeliveryState, Direction, Message, MessageLink, MessageType, SenderType, Side

_INSERT_MESSAGES = insert(get_table(Message))
_INSERT_COPIES = insert(get_table(MessageLink))


class NewMessage(TypedDict):
    """A message that is not stored yet."""

    id: MessageId
    # None: said while no session was open.
    session_id: SessionId | None
    conversation_id: ConversationId
    sender_type: SenderType
    direction: Direction
    message_type: MessageType
    message: str | None
    entities: list[dict[str, Any]] | None
    file: dict[str, Any] | None
    file_url: str | None
    attributes: dict[str, Any] | None
    reply_to_id: MessageId | None
    author_id: AgentId | None
    author_name: str | None
    is_read: bool
    delivery_state: DeliveryState
    created_at: datetime


class NewCopy(TypedDict):
    """Where a message stands at a provider: its original, or a copy that was sent."""

    message_id: MessageId
    channel_id: ChannelId
    side: Side
    chat: str
    provider_id: str


async def add_messages(tx: AsyncSession, rows: Sequence[NewMessage]) -> None:
    """Add messages; their sessions must be stored already."""
    if rows:
        await tx.execute(_INSERT_MESSAGES, rows)


async def add_copies(tx: AsyncSession, rows: Sequence[NewCopy]) -> None:
    """Add the places of copies; their messages must be stored already."""
    if rows:
        await tx.execute(_INSERT_COPIES, rows)
