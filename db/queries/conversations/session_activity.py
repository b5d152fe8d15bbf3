"""When somebody last wrote in a session, and which sessions wait."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import ChannelId, SessionId
from db.tables import Conversation, Session, SessionStatus

sessions = get_table(Session)
conversations = get_table(Conversation)


@dataclass(frozen=True, slots=True)
class SessionActivity:
    """What is known of the last message of an open session."""

    # When it was opened, reopened, or got its present holder.
    changed_at: datetime
    last_message_at: datetime | None
    unread_count: int

    @property
    def quiet_since(self) -> datetime:
        """Return when something happened in it for the last time."""
        return max(self.changed_at, self.last_message_at or self.changed_at)


@dataclass(frozen=True, slots=True)
class WaitingSessions:
    """The sessions of a channel that wait for an agent."""

    count: int
    since: datetime | None


async def read_activity(tx: AsyncSession, session_id: SessionId) -> SessionActivity:
    """Read the activity of a session that exists."""
    found = await tx.execute(
        select(sessions.c.changed_at, conversations.c.last_message_at, conversations.c.unread_count)
        .join(conversations, conversations.c.id == sessions.c.conversation_id)
        .where(sessions.c.id == session_id)
    )
    return SessionActivity(*tuple(found.one()))


async def count_waiting_in(tx: AsyncSession, channel_id: ChannelId) -> WaitingSessions:
    """Count the sessions of a channel that wait for an agent."""
    found = await tx.execute(
        select(func.count(), func.min(sessions.c.changed_at))
        .join(conversations, conversations.c.id == sessions.c.conversation_id)
        .where(
            sessions.c.status == SessionStatus.ACTIVE,
            sessions.c.cs_id.is_(None),
            conversations.c.channel_id == channel_id,
        )
    )
    return WaitingSessions(*tuple(found.one()))
