"""Count unread messages, and mark messages as read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import count_changed, get_table
from db.ids import ConversationId, MessageId, SessionId
from db.tables import Conversation, Message, SenderType, Session

conversations = get_table(Conversation)
messages = get_table(Message)
sessions = get_table(Session)


@dataclass(slots=True)
class UnreadUpdate:
    """One transaction's changes: these sessions are read, then `add` new messages are unread."""

    read: tuple[SessionId, ...] = ()
    add: int = 0
    # Whether there is a new message; False: a read only.
    has_message: bool = True


_THESE = conversations.c.id.in_(bindparam("ids", expanding=True))
_NEW_MESSAGE = {"last_message_at": bindparam("at"), "is_active": True}
_ADD = (
    update(conversations)
    .where(_THESE)
    .values(unread_count=conversations.c.unread_count + bindparam("count"), **_NEW_MESSAGE)
)
_SET = update(conversations).where(_THESE).values(unread_count=bindparam("count"), **_NEW_MESSAGE)
_CLEAR = update(conversations).where(_THESE).values(unread_count=0)
_UNREAD = (
    messages.c.session_id.in_(bindparam("sessions", expanding=True)),
    messages.c.sender_type == SenderType.CLIENT,
    messages.c.is_read.is_(False),
)
_READ = update(messages).where(*_UNREAD).values(is_read=True)
_READ_UP_TO = _READ.where(messages.c.id <= bindparam("last"))
_COUNT_UNREAD = select(func.count()).select_from(messages).where(*_UNREAD)
_LATER = select(messages.c.id).where(*_UNREAD, messages.c.id > bindparam("last")).limit(1)


async def update_unread(
    tx: AsyncSession, changes: Mapping[ConversationId, UnreadUpdate], now: datetime
) -> list[SessionId]:
    """Count new messages as unread, and mark messages that staff has answered as read.

    Returns the sessions that were read; empty if nothing was unread.
    """
    groups: dict[tuple[bool, int, bool], list[ConversationId]] = {}
    for conversation_id, change in changes.items():
        key = (bool(change.read), change.add, change.has_message)
        groups.setdefault(key, []).append(conversation_id)
    for (read, count, has_message), ids in groups.items():
        if has_message:
            await tx.execute(_SET if read else _ADD, {"ids": ids, "count": count, "at": now})
        else:
            await tx.execute(_CLEAR, {"ids": ids})
    read_sessions = [session for each in changes.values() for session in each.read]
    if read_sessions and await mark_sessions_read(tx, read_sessions):
        return read_sessions
    return []


async def mark_conversation_as_read(tx: AsyncSession, conversation_id: ConversationId) -> int:
    """Mark all of a customer's messages in a conversation as read; return how many were unread.

    The reference's query of this name.
    """
    # Two statements: with a subquery, MariaDB would read every message of the table.
    of_this = sessions.c.conversation_id == conversation_id
    ids = list(await tx.scalars(select(sessions.c.id).where(of_this)))
    await tx.execute(_CLEAR, {"ids": [conversation_id]})
    return await mark_sessions_read(tx, ids) if ids else 0


async def has_unread_after(tx: AsyncSession, session_id: SessionId, last: MessageId) -> bool:
    """Check whether the customer wrote something after this message that is not read."""
    return await tx.scalar(_LATER, {"sessions": [session_id], "last": last}) is not None


async def mark_read_up_to(
    tx: AsyncSession, conversation_id: ConversationId, session_id: SessionId, last: MessageId
) -> int:
    """Mark a session's messages up to this one as read; return how many were unread.

    The session is open, and its conversation is locked.
    """
    values = {"sessions": [session_id], "last": last}
    changed = count_changed(await tx.execute(_READ_UP_TO, values))
    left = await tx.scalar(_COUNT_UNREAD, {"sessions": [session_id]}) or 0
    # Some of what is unread was never counted.
    fewer = update(conversations).where(
        conversations.c.id == conversation_id, conversations.c.unread_count > left
    )
    await tx.execute(fewer.values(unread_count=left))
    return changed


async def mark_sessions_read(tx: AsyncSession, session_ids: list[SessionId]) -> int:
    """Mark every customer's message of these sessions as read; return how many were unread."""
    result = await tx.execute(_READ, {"sessions": session_ids})
    return count_changed(result)
