"""Read and write the queue notices of waiting customers, and read how long others waited."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import count_changed, get_table, upsert
from db.ids import ChannelId, ConversationId, SessionId
from db.tables import ConversationMetrics, QueueNotice, Session, SessionStatus

notices = get_table(QueueNotice)
metrics = get_table(ConversationMetrics)
sessions = get_table(Session)

# So many waits say enough of the last hours.
_MOST_WAITS = 200


@dataclass(frozen=True, slots=True)
class ShownPlace:
    """What a customer reads of their place at the moment."""

    session_id: SessionId
    conversation_id: ConversationId
    message: str | None
    place: int
    low: int | None
    high: int | None
    sent_at: datetime
    edited_at: datetime


def _replace(new: Any) -> dict[str, Any]:
    names = "message", "place", "low", "high", "sent_at", "edited_at"
    return {name: new[name] for name in names}


async def save_notice(
    tx: AsyncSession,
    session_id: SessionId,
    place: int,
    estimate: tuple[int, int] | None,
    now: datetime,
) -> None:
    """Save what the customer of a session is told now, in a new notice."""
    low, high = estimate or (None, None)
    row = {
        "session_id": session_id,
        "message": None,
        "place": place,
        "low": low,
        "high": high,
        "sent_at": now,
        "edited_at": now,
    }
    await tx.execute(upsert(tx, notices, ("session_id",), _replace), [row])


async def save_message(tx: AsyncSession, session_id: SessionId, provider_id: str) -> None:
    """Save where a session's notice stands."""
    this = notices.c.session_id == session_id
    await tx.execute(update(notices).where(this).values(message=provider_id))


async def save_edit(
    tx: AsyncSession,
    shown: ShownPlace,
    place: int,
    estimate: tuple[int, int] | None,
    now: datetime,
) -> bool:
    """Save what a notice is edited to; return False if another process has edited it."""
    low, high = estimate or (None, None)
    wanted = update(notices).where(
        notices.c.session_id == shown.session_id, notices.c.edited_at == shown.edited_at
    )
    changed = await tx.execute(wanted.values(place=place, low=low, high=high, edited_at=now))
    return count_changed(changed) == 1


async def was_told(tx: AsyncSession, session_id: SessionId) -> bool:
    """Check whether the customer of a waiting session was told that they wait."""
    wanted = (
        select(notices.c.session_id)
        .join(sessions, sessions.c.id == notices.c.session_id)
        .where(notices.c.session_id == session_id, notices.c.sent_at >= sessions.c.changed_at)
    )
    return await tx.scalar(wanted) is not None


_SHOWN = (
    select(
        notices.c.session_id,
        sessions.c.conversation_id,
        notices.c.message,
        notices.c.place,
        notices.c.low,
        notices.c.high,
        notices.c.sent_at,
        notices.c.edited_at,
    )
    .join(sessions, sessions.c.id == notices.c.session_id)
    .join(metrics, metrics.c.session_id == notices.c.session_id)
    .where(
        notices.c.session_id.in_(bindparam("ids", expanding=True)),
        notices.c.message.is_not(None),
        # Since then nobody has had the session, and nobody has answered.
        notices.c.sent_at >= sessions.c.changed_at,
        metrics.c.unanswered_since.is_not(None),
        sessions.c.status == SessionStatus.ACTIVE,
        sessions.c.cs_id.is_(None),
    )
)


async def list_shown_places(
    tx: AsyncSession, ids: Collection[SessionId]
) -> dict[SessionId, ShownPlace]:
    """List the notices that can be edited, of those of these sessions that still wait."""
    if not ids:
        return {}
    rows = [ShownPlace(*row) for row in await tx.execute(_SHOWN, {"ids": list(ids)})]
    return {each.session_id: each for each in rows}


async def list_waits(tx: AsyncSession, channel_id: ChannelId, since: datetime) -> list[float]:
    """List how long customers waited for an agent, in seconds of opening hours.

    These are the newest sessions that were opened since then, and did not get an agent at once.
    """
    wanted = (
        select(metrics.c.waiting_business_seconds)
        .where(
            metrics.c.channel_id == channel_id,
            metrics.c.opened_at >= since,
            metrics.c.first_held_at > metrics.c.opened_at,
        )
        .order_by(metrics.c.opened_at.desc())
        .limit(_MOST_WAITS)
    )
    return [each for each in await tx.scalars(wanted) if each is not None]
