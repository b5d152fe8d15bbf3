"""Read and write AI agents and their configurations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import AgentId, ChannelId, new_id
from db.queries.lists.keyset import PageStart, paginate
from db.tables import (
    Agent,
    AgentAiConfig,
    AgentKind,
    AgentLevel,
    AgentStatus,
    AiTakeover,
    Channel,
    ChannelAgent,
)

agents = get_table(Agent)
configs = get_table(AgentAiConfig)
channels = get_table(Channel)
channel_agents = get_table(ChannelAgent)

_IS_AI = agents.c.kind == AgentKind.AI


@dataclass(frozen=True, slots=True)
class AiAgentRow:
    """An AI agent with its configuration."""

    id: AgentId
    name: str
    status: AgentStatus
    level: AgentLevel
    active_sessions: int
    created_at: datetime
    config: AgentAiConfig

    @property
    def is_deleted(self) -> bool:
        return self.config.deleted_at is not None


_READ = (
    select(
        agents.c.id,
        agents.c.name,
        agents.c.status,
        agents.c.level,
        agents.c.active_sessions,
        agents.c.created_at,
        AgentAiConfig,
    )
    .join(configs, configs.c.agent_id == agents.c.id)
    .where(_IS_AI)
)
_BY_ID = _READ.where(agents.c.id == bindparam("id"))


async def get_agent_ai_config(tx: AsyncSession, agent_id: AgentId) -> AiAgentRow | None:
    """Read an AI agent's configuration, also a deleted one's; None: there is no such AI agent.

    The reference's function of this name.
    """
    row = (await tx.execute(_BY_ID, {"id": agent_id})).first()
    return None if row is None else AiAgentRow(*row)


async def list_ai_agents(
    tx: AsyncSession, *, start: PageStart | None, limit: int
) -> list[AiAgentRow]:
    """Read a page of AI agents that are not deleted and one more, newest first."""
    statement: Select[Any] = _READ.where(configs.c.deleted_at.is_(None))
    paged = paginate(statement, agents.c.created_at, agents.c.id, start=start, limit=limit)
    return [AiAgentRow(*row) for row in await tx.execute(paged)]


async def list_serving_ai_agents(tx: AsyncSession, channel_id: ChannelId) -> Sequence[AiAgentRow]:
    """List the AI agents that are online and serve a channel, those with fewest sessions first.

    A channel that names no AI agent is served by all of them.
    """
    this = channel_agents.c.channel_id == channel_id
    mine = exists().where(channel_agents.c.agent_id == agents.c.id, this)
    others = agents.alias("others")
    names_one = (
        select(others.c.id)
        .join(channel_agents, channel_agents.c.agent_id == others.c.id)
        .where(this, others.c.kind == AgentKind.AI)
    )
    is_serving = or_(mine, ~names_one.exists())
    online = _READ.where(
        agents.c.status == AgentStatus.ONLINE, agents.c.is_active.is_(True), is_serving
    )
    rows = await tx.execute(online.order_by(agents.c.active_sessions, agents.c.id))
    return [AiAgentRow(*row) for row in rows]


async def list_only_named_on(tx: AsyncSession, agent_id: AgentId) -> list[str]:
    """List the channels that use AI agents and name this one and no other, by name."""
    others = agents.alias("others")
    named = (
        select(channel_agents.c.channel_id)
        .join(others, others.c.id == channel_agents.c.agent_id)
        .where(others.c.kind == AgentKind.AI)
        .group_by(channel_agents.c.channel_id)
        .having(func.count() == 1, func.min(others.c.id) == agent_id)
    )
    uses_ai = channels.c.ai_takeover != AiTakeover.OFF
    wanted = select(channels.c.name).where(channels.c.id.in_(named), uses_ai)
    return list(await tx.scalars(wanted.order_by(channels.c.name)))


async def empty_config(tx: AsyncSession, config: AgentAiConfig, now: datetime) -> None:
    """Mark a locked configuration as deleted, and forget what it said."""
    blank = AgentAiConfig(agent_id=config.agent_id)
    for name in set(configs.c.keys()) - {"agent_id", "created_at"}:
        setattr(config, name, getattr(blank, name))
    config.updated_at = config.deleted_at = now
    await tx.flush()


async def lock_config(tx: AsyncSession, agent_id: AgentId) -> AgentAiConfig | None:
    """Read a configuration, and lock it until the commit."""
    wanted = select(AgentAiConfig).where(configs.c.agent_id == agent_id).with_for_update()
    return (await tx.scalars(wanted.execution_options(populate_existing=True))).first()


async def add_ai_agent(
    tx: AsyncSession,
    name: str,
    *,
    level: AgentLevel,
    capacity: int,
    values: dict[str, Any],
    now: datetime,
) -> AgentId:
    """Add an AI agent that is online, with its configuration."""
    agent_id = AgentId(new_id())
    tx.add(
        Agent(
            id=agent_id,
            kind=AgentKind.AI,
            name=name,
            level=level,
            status=AgentStatus.ONLINE,
            capacity=capacity,
            created_at=now,
        )
    )
    await tx.flush()
    tx.add(AgentAiConfig(agent_id=agent_id, created_at=now, updated_at=now, **values))
    await tx.flush()
    return agent_id


async def update_ai_agent(tx: AsyncSession, agent_id: AgentId, values: dict[str, Any]) -> None:
    """Change columns of an AI agent itself: its name, its level."""
    await tx.execute(update(agents).where(agents.c.id == agent_id, _IS_AI).values(values))
