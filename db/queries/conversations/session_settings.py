"""Write what staff sets on an open session: its priority, and until when it is put aside."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import count_changed, get_table
from db.ids import SessionId
from db.tables import Priority, Session, SessionStatus

sessions = get_table(Session)


async def set_priority(tx: AsyncSession, session_id: SessionId, priority: Priority) -> bool:
    """Set the priority of an open session; return False if it does not change."""
    wanted = update(sessions).where(
        sessions.c.id == session_id,
        sessions.c.status == SessionStatus.ACTIVE,
        sessions.c.priority != priority,
    )
    return count_changed(await tx.execute(wanted.values(priority=priority))) == 1


async def snooze_session(tx: AsyncSession, session_id: SessionId, until: datetime) -> None:
    """Put an open session aside."""
    wanted = update(sessions).where(
        sessions.c.id == session_id, sessions.c.status == SessionStatus.ACTIVE
    )
    await tx.execute(wanted.values(snoozed_until=until))


async def wake_session(tx: AsyncSession, session_id: SessionId, now: datetime) -> bool:
    """Take a session up again: from now on it counts as live; False if it was not put aside."""
    wanted = update(sessions).where(
        sessions.c.id == session_id, sessions.c.snoozed_until.is_not(None)
    )
    changed = await tx.execute(wanted.values(snoozed_until=None, changed_at=now))
    return count_changed(changed) == 1
