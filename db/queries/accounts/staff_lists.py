"""Read users and agents as lists show them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import AgentId, ChannelId, UserId
from db.queries.lists.keyset import PageStart, paginate
from db.tables import (
    Agent,
    AgentAiConfig,
    AgentKind,
    AgentLevel,
    AgentStatus,
    Channel,
    ChannelAgent,
    Role,
    SecondFactor,
    StatusCause,
    User,
)

users = get_table(User)
agents = get_table(Agent)
ai_configs = get_table(AgentAiConfig)
factors = get_table(SecondFactor)
channels = get_table(Channel)
channel_agents = get_table(ChannelAgent)


@dataclass(frozen=True, slots=True)
class UserRow:
    """A user and the user's agent."""

    id: UserId
    agent_id: AgentId
    name: str
    email: str
    role: Role
    is_active: bool
    telegram_id: str | None
    has_seeded_password: bool
    status: AgentStatus
    active_sessions: int
    second_factor_since: datetime | None
    second_factor_required: bool | None
    avatar_url: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class AgentRow:
    """An agent and its user, if it is a person."""

    id: AgentId
    kind: AgentKind
    name: str
    user_id: UserId | None
    role: Role | None
    # A person's agent follows the user.
    is_active: bool
    telegram_id: str | None
    status: AgentStatus
    capacity: int
    active_sessions: int
    level: AgentLevel
    description: str | None
    avatar_url: str | None
    phone: str | None
    status_cause: StatusCause
    status_since: datetime | None
    last_seen_at: datetime | None
    working_hours: dict[str, Any] | None
    created_at: datetime
    updated_at: datetime


_USERS = (
    select(
        users.c.id,
        agents.c.id,
        users.c.name,
        users.c.email,
        users.c.role,
        users.c.is_active,
        users.c.telegram_id,
        users.c.has_seeded_password,
        agents.c.status,
        agents.c.active_sessions,
        factors.c.confirmed_at,
        factors.c.is_required,
        users.c.avatar_url,
        users.c.created_at,
        users.c.updated_at,
    )
    .join(agents, agents.c.user_id == users.c.id)
    .outerjoin(factors, factors.c.user_id == users.c.id)
)
# Without deleted AI agents.
_AGENTS = (
    select(
        agents.c.id,
        agents.c.kind,
        agents.c.name,
        agents.c.user_id,
        users.c.role,
        agents.c.is_active,
        users.c.telegram_id,
        agents.c.status,
        agents.c.capacity,
        agents.c.active_sessions,
        agents.c.level,
        agents.c.description,
        func.coalesce(agents.c.avatar_url, users.c.avatar_url),
        agents.c.phone,
        agents.c.status_cause,
        agents.c.status_since,
        agents.c.last_seen_at,
        agents.c.working_hours,
        agents.c.created_at,
        agents.c.updated_at,
    )
    .outerjoin(users, users.c.id == agents.c.user_id)
    .outerjoin(ai_configs, ai_configs.c.agent_id == agents.c.id)
    .where(ai_configs.c.deleted_at.is_(None))
)


async def list_users(
    tx: AsyncSession,
    *,
    start: PageStart | None,
    limit: int,
    role: Role | None = None,
    is_active: bool | None = None,
    words: str | None = None,
) -> list[UserRow]:
    """Read a page of users and one more, newest first; `words`: in name or address."""
    statement: Select[Any] = _USERS
    if role is not None:
        statement = statement.where(users.c.role == role)
    if is_active is not None:
        statement = statement.where(users.c.is_active.is_(is_active))
    if words:
        found = [each.icontains(words, autoescape=True) for each in (users.c.name, users.c.email)]
        statement = statement.where(or_(*found))
    paged = paginate(statement, users.c.created_at, users.c.id, start=start, limit=limit)
    return [UserRow(*row) for row in await tx.execute(paged)]


async def find_user(tx: AsyncSession, user_id: UserId) -> UserRow | None:
    """Read one user."""
    row = (await tx.execute(_USERS.where(users.c.id == user_id))).first()
    return UserRow(*tuple(row)) if row else None


async def list_agents(
    tx: AsyncSession,
    *,
    start: PageStart | None,
    limit: int,
    kind: AgentKind | None = None,
    statuses: Collection[AgentStatus] = (),
    serving: ChannelId | None = None,
) -> list[AgentRow]:
    """Read a page of agents and one more, newest first, without agents of disabled users.

    `serving`: only agents that serve this channel; a channel without named agents is served by all.
    """
    statement: Select[Any] = _AGENTS.where(or_(users.c.id.is_(None), users.c.is_active.is_(True)))
    if kind is not None:
        statement = statement.where(agents.c.kind == kind)
    if statuses:
        statement = statement.where(agents.c.status.in_(statuses))
    if serving is not None:
        named = exists().where(channel_agents.c.channel_id == serving)
        this = named.where(channel_agents.c.agent_id == agents.c.id)
        statement = statement.where(or_(this, ~named))
    paged = paginate(statement, agents.c.created_at, agents.c.id, start=start, limit=limit)
    return [AgentRow(*tuple(row)) for row in await tx.execute(paged)]


async def find_agent(tx: AsyncSession, agent_id: AgentId) -> AgentRow | None:
    """Read one agent, also of a disabled user."""
    row = (await tx.execute(_AGENTS.where(agents.c.id == agent_id))).first()
    return AgentRow(*tuple(row)) if row else None


async def list_channels_by_agent(
    tx: AsyncSession, agent_ids: Sequence[AgentId]
) -> dict[AgentId, list[ChannelId]]:
    """Return the channels that name each of these agents."""
    found: dict[AgentId, list[ChannelId]] = {each: [] for each in agent_ids}
    statement = select(channel_agents.c.agent_id, channel_agents.c.channel_id).where(
        channel_agents.c.agent_id.in_(agent_ids)
    )
    for agent_id, channel_id in await tx.execute(statement.order_by(channel_agents.c.channel_id)):
        found[agent_id].append(channel_id)
    return found


async def set_channels(
    tx: AsyncSession, agent_id: AgentId, channel_ids: Collection[ChannelId]
) -> None:
    """Make these channels, and no others, name the agent."""
    await tx.execute(delete(channel_agents).where(channel_agents.c.agent_id == agent_id))
    rows = [{"agent_id": agent_id, "channel_id": each} for each in dict.fromkeys(channel_ids)]
    if rows:
        await tx.execute(insert(channel_agents), rows)


async def find_existing_channels(
    tx: AsyncSession, channel_ids: Collection[ChannelId]
) -> set[ChannelId]:
    """Return those of these channels that exist."""
    return set(await tx.scalars(select(channels.c.id).where(channels.c.id.in_(channel_ids))))


async def set_capacity(tx: AsyncSession, agent_id: AgentId, capacity: int) -> None:
    """Set how many sessions an agent can hold."""
    await tx.execute(update(agents).where(agents.c.id == agent_id).values(capacity=capacity))


async def update_agent(tx: AsyncSession, agent_id: AgentId, values: Mapping[str, Any]) -> None:
    """Set columns of an agent's profile, or whether it is active."""
    await tx.execute(update(agents).where(agents.c.id == agent_id).values(dict(values)))


async def lock_active_admins(tx: AsyncSession) -> list[UserId]:
    """Lock every active administrator until the commit, so that of two changes one waits."""
    statement = (
        select(users.c.id)
        .where(users.c.role == Role.ADMIN, users.c.is_active.is_(True))
        .order_by(users.c.id)
        .with_for_update()
    )
    return list((await tx.scalars(statement)).all())
