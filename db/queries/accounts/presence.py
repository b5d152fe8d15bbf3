"""Find agents whose status should change without anybody's doing, and note who was seen."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import AgentId
from db.queries.accounts.accounts import BOUND_AGENT_COLUMNS, BoundAgent
from db.tables import (
    Agent,
    AgentStatus,
    ChannelAgent,
    Conversation,
    ConversationMetrics,
    Session,
    SessionStatus,
    StatusCause,
    User,
)

agents = get_table(Agent)
users = get_table(User)
channel_agents = get_table(ChannelAgent)
conversations = get_table(Conversation)
metrics = get_table(ConversationMetrics)
sessions = get_table(Session)

# A busy agent's row is not written for each of their messages.
SEEN_EXACTNESS = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class AgentHours:
    """A person's working hours, and how far they were followed."""

    agent: BoundAgent
    status: AgentStatus
    hours: dict[str, Any]
    followed_at: datetime | None


async def note_seen(tx: AsyncSession, ids: Collection[AgentId], now: datetime) -> None:
    """Note that these agents were seen now."""
    if not ids:
        return
    is_older = or_(agents.c.last_seen_at.is_(None), agents.c.last_seen_at <= now - SEEN_EXACTNESS)
    seen = update(agents).where(agents.c.id.in_(sorted(ids)), is_older)
    await tx.execute(seen.values(last_seen_at=now))


async def set_working_hours(
    tx: AsyncSession, agent_id: AgentId, hours: dict[str, Any] | None, now: datetime
) -> None:
    """Set an agent's working hours, which are followed from now on; None: there are none."""
    values = {"working_hours": hours, "hours_followed_at": now}
    await tx.execute(update(agents).where(agents.c.id == agent_id).values(values))


async def read_working_hours(tx: AsyncSession, agent_id: AgentId) -> dict[str, Any] | None:
    """Read an agent's working hours."""
    wanted = select(agents.c.working_hours).where(agents.c.id == agent_id)
    found: dict[str, Any] | None = await tx.scalar(wanted)
    return found


async def mark_followed(tx: AsyncSession, agent_id: AgentId, now: datetime) -> None:
    """Note that an agent's working hours were followed until now."""
    await tx.execute(update(agents).where(agents.c.id == agent_id).values(hours_followed_at=now))


async def list_working_hours(tx: AsyncSession) -> list[AgentHours]:
    """List the working hours of active people who have some."""
    rows = await tx.execute(
        _people(agents.c.status, agents.c.working_hours, agents.c.hours_followed_at)
    )
    return [
        AgentHours(BoundAgent(*row[: len(BOUND_AGENT_COLUMNS)]), *row[len(BOUND_AGENT_COLUMNS) :])
        for row in map(tuple, rows)
        if row[len(BOUND_AGENT_COLUMNS) + 1] is not None
    ]


async def list_silent(tx: AsyncSession, since: datetime) -> list[BoundAgent]:
    """List people who are online and were not seen since then, while customers have waited.

    These are customers who wait for an agent on a channel that they serve, or for their answer.
    """
    # Nothing is known yet of who was online before this was noted.
    seen_at = func.coalesce(agents.c.last_seen_at, agents.c.status_since)
    has_begun = or_(agents.c.status_since.is_(None), agents.c.status_since < since)
    wanted = _people().where(
        agents.c.status == AgentStatus.ONLINE,
        seen_at < since,
        has_begun,
        or_(_has_unanswered(since), _has_waiting(since)),
    )
    return [BoundAgent(*row) for row in await tx.execute(wanted)]


async def list_back(tx: AsyncSession) -> list[BoundAgent]:
    """List people who are away because of their silence, and were seen since."""
    wanted = _people().where(
        agents.c.status == AgentStatus.AWAY,
        agents.c.status_cause == StatusCause.SILENCE,
        agents.c.last_seen_at >= agents.c.status_since,
    )
    return [BoundAgent(*row) for row in await tx.execute(wanted)]


@dataclass(frozen=True, slots=True)
class Absence:
    """An agent's status, and since when they have it."""

    status: AgentStatus
    cause: StatusCause
    since: datetime | None

    @property
    def is_absent(self) -> bool:
        """Return whether nobody is there: offline, or silent."""
        is_silent = self.status is AgentStatus.AWAY and self.cause is StatusCause.SILENCE
        return self.status is AgentStatus.OFFLINE or is_silent


async def read_absence(tx: AsyncSession, agent_id: AgentId) -> Absence:
    """Read an agent's status."""
    columns = agents.c.status, agents.c.status_cause, agents.c.status_since
    rows = await tx.execute(select(*columns).where(agents.c.id == agent_id))
    return Absence(*tuple(rows.one()))


def _people(*more: ColumnElement[Any]) -> Select[Any]:
    return (
        select(*BOUND_AGENT_COLUMNS, *more)
        .join(users, users.c.id == agents.c.user_id)
        .where(users.c.is_active.is_(True))
        .order_by(agents.c.id)
    )


def _has_unanswered(since: datetime) -> ColumnElement[bool]:
    return exists(
        select(sessions.c.id)
        .join(metrics, metrics.c.session_id == sessions.c.id)
        .where(
            sessions.c.cs_id == agents.c.id,
            sessions.c.status == SessionStatus.ACTIVE,
            sessions.c.snoozed_until.is_(None),
            metrics.c.unanswered_since < since,
        )
    )


def _has_waiting(since: datetime) -> ColumnElement[bool]:
    here = channel_agents.c.channel_id == conversations.c.channel_id
    is_mine = exists().where(here, channel_agents.c.agent_id == agents.c.id)
    return exists(
        select(sessions.c.id)
        .join(conversations, conversations.c.id == sessions.c.conversation_id)
        .where(
            and_(
                sessions.c.status == SessionStatus.ACTIVE,
                sessions.c.cs_id.is_(None),
                sessions.c.changed_at < since,
            ),
            or_(is_mine, ~exists().where(here)),
        )
    )
