"""Read and write how long customers of open sessions wait for an answer that has a target."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import ChannelId, ConversationId, SessionId
from db.tables import (
    Conversation,
    ConversationMetrics,
    Session,
    SessionStatus,
    SlaState,
    SlaTarget,
)

sessions = get_table(Session)
conversations = get_table(Conversation)
metrics = get_table(ConversationMetrics)

RUNNING = frozenset({SlaState.RUNNING, SlaState.WARNED, SlaState.BREACHED})


@dataclass(frozen=True, slots=True)
class AnswerWait:
    """A wait that has a target."""

    target: SlaTarget
    state: SlaState
    since: datetime
    # Empty: there is no warning.
    warn_at: datetime | None
    due_at: datetime

    @property
    def is_running(self) -> bool:
        """Return whether the customer still waits."""
        return self.state in RUNNING


@dataclass(frozen=True, slots=True)
class TimedSession:
    """What decides whether the customer of a session waits, and their last wait."""

    session_id: SessionId
    conversation_id: ConversationId
    channel_id: ChannelId
    status: SessionStatus
    snoozed_until: datetime | None
    unanswered_since: datetime | None
    first_answer_at: datetime | None
    wait: AnswerWait | None = None


_READ = (
    select(
        sessions.c.id,
        sessions.c.conversation_id,
        conversations.c.channel_id,
        sessions.c.status,
        sessions.c.snoozed_until,
        metrics.c.unanswered_since,
        metrics.c.first_answer_at,
        sessions.c.sla_target,
        sessions.c.sla_state,
        sessions.c.sla_since,
        sessions.c.sla_warn_at,
        sessions.c.sla_due_at,
    )
    .join(conversations, conversations.c.id == sessions.c.conversation_id)
    .outerjoin(metrics, metrics.c.session_id == sessions.c.id)
    .where(sessions.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(sessions.c.conversation_id)
)
_WIDTH = 7
_SAVE = (
    update(sessions)
    .where(sessions.c.id == bindparam("session"))
    .values({f"sla_{name}": bindparam(name) for name in ("target", "state", "since", "due_at")})
    .values(sla_warn_at=bindparam("warn_at"))
)


async def read_timed_sessions(tx: AsyncSession, ids: Collection[SessionId]) -> list[TimedSession]:
    """Read these sessions, in the order of their conversations."""
    if not ids:
        return []
    rows: list[tuple[Any, ...]] = [*map(tuple, await tx.execute(_READ, {"ids": list(ids)}))]
    found: list[TimedSession] = []
    for row in rows:
        wait = AnswerWait(*row[_WIDTH:]) if row[_WIDTH] else None
        found.append(replace(TimedSession(*row[:_WIDTH]), wait=wait))
    return found


async def save_wait(tx: AsyncSession, session_id: SessionId, wait: AnswerWait) -> None:
    """Write a session's wait."""
    await tx.execute(
        _SAVE,
        {
            "session": session_id,
            "target": wait.target,
            "state": wait.state,
            "since": wait.since,
            "warn_at": wait.warn_at,
            "due_at": wait.due_at,
        },
    )


async def save_outcome(
    tx: AsyncSession, session_id: SessionId, target: SlaTarget, *, is_breached: bool
) -> None:
    """Write in a session's figures that a target was missed, or that there is one.

    What was missed once stays so.
    """
    column = _FLAGS[target]
    value = True if is_breached else func.coalesce(column, False)
    wanted = update(metrics).where(metrics.c.session_id == session_id)
    await tx.execute(wanted.values({column: value}))


_FLAGS: dict[SlaTarget, ColumnElement[bool]] = {
    SlaTarget.FIRST: metrics.c.is_first_answer_breached,
    SlaTarget.NEXT: metrics.c.is_next_answer_breached,
}


async def stop_waits(tx: AsyncSession, channel_id: ChannelId, target: SlaTarget) -> None:
    """Stop the running waits of a channel for an answer that has no target any more."""
    of_channel = select(conversations.c.id).where(conversations.c.channel_id == channel_id)
    await tx.execute(
        update(sessions)
        .where(
            sessions.c.status == SessionStatus.ACTIVE,
            sessions.c.sla_state.in_(sorted(RUNNING)),
            sessions.c.sla_target == target,
            sessions.c.conversation_id.in_(of_channel),
        )
        .values(sla_state=SlaState.STOPPED)
    )
