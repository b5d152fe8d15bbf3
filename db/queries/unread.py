"""What waits to be read in conversations."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import table_of
from db.ids import ConversationId, SessionId
from db.tables import Conversation, Message, SenderType

conversations = table_of(Conversation)
messages = table_of(Message)


@dataclass(slots=True)
class Reading:
    """What one transaction changes: everything read in a session, then `add` new messages."""

    read_session: SessionId | None = None
    add: int = 0


async def note_unread(
    tx: AsyncSession, changes: Mapping[ConversationId, Reading], now: datetime
) -> None:
    """Count new messages as unread, and mark those that staff has answered as read."""
    groups: dict[tuple[bool, int], list[ConversationId]] = {}
    for conversation_id, change in changes.items():
        key = (change.read_session is not None, change.add)
        groups.setdefault(key, []).append(conversation_id)
    for (read, add), ids in groups.items():
        unread: int | ColumnElement[int] = add if read else conversations.c.unread_count + add
        values = {"unread_count": unread, "last_message_at": now, "is_active": True}
        await tx.execute(update(conversations).where(conversations.c.id.in_(ids)).values(values))
    read_sessions = [each.read_session for each in changes.values() if each.read_session]
    if read_sessions:
        await mark_sessions_read(tx, read_sessions)


async def mark_sessions_read(tx: AsyncSession, sessions: list[SessionId]) -> None:
    """Mark every customer's message of these sessions as read."""
    await tx.execute(
        update(messages)
        .where(
            messages.c.session_id.in_(sessions),
            messages.c.sender_type == SenderType.CLIENT,
            messages.c.is_read.is_(False),
        )
        .values(is_read=True)
    )
