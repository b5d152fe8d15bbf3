"""What waits to be read in conversations."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, bindparam, update
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


_THESE = conversations.c.id.in_(bindparam("ids", expanding=True))
_NOTE = {"last_message_at": bindparam("at"), "is_active": True}
_ADD = (
    update(conversations)
    .where(_THESE)
    .values(unread_count=conversations.c.unread_count + bindparam("count"), **_NOTE)
)
_SET = update(conversations).where(_THESE).values(unread_count=bindparam("count"), **_NOTE)
_READ = (
    update(messages)
    .where(
        messages.c.session_id.in_(bindparam("sessions", expanding=True)),
        messages.c.sender_type == SenderType.CLIENT,
        messages.c.is_read.is_(False),
    )
    .values(is_read=True)
)


async def note_unread(
    tx: AsyncSession, changes: Mapping[ConversationId, Reading], now: datetime
) -> list[SessionId]:
    """Count new messages as unread, and mark those that staff has answered as read.

    Returns the sessions that were read; none of them if nothing was unread.
    """
    groups: dict[tuple[bool, int], list[ConversationId]] = {}
    for conversation_id, change in changes.items():
        key = (change.read_session is not None, change.add)
        groups.setdefault(key, []).append(conversation_id)
    for (read, count), ids in groups.items():
        await tx.execute(_SET if read else _ADD, {"ids": ids, "count": count, "at": now})
    read_sessions = [each.read_session for each in changes.values() if each.read_session]
    if read_sessions and await mark_sessions_read(tx, read_sessions):
        return read_sessions
    return []


async def mark_sessions_read(tx: AsyncSession, sessions: list[SessionId]) -> int:
    """Mark every customer's message of these sessions as read; returns how many were not."""
    result: Any = await tx.execute(_READ, {"sessions": sessions})
    assert isinstance(result, CursorResult)  # noqa: S101 for the type checker
    return result.rowcount
