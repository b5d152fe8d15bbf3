"""Create AI agents and change how they answer."""

from collections.abc import Collection, Mapping
from typing import Any

from db.ids import AgentId, ChannelId
from db.queries.accounts import staff_lists
from db.queries.accounts.agents import set_agent_name
from db.queries.ai import configs
from db.tables import AgentAiConfig, AgentLevel, AgentStatus
from desk.accounts.unique_names import require_free_name
from desk.actors import Actor
from desk.ai import gate
from desk.ai.errors import AiAgentNeededError, UnknownAiAgentError
from desk.audit import add_entry
from desk.events import AgentChanged
from desk.unit_of_work import UnitOfWork


async def create_ai_agent(
    uow: UnitOfWork,
    name: str,
    level: AgentLevel,
    values: Mapping[str, Any],
    *,
    channel_ids: Collection[ChannelId],
    capacity: int,
    by: Actor,
) -> AgentId:
    """Create an AI agent that is online, with the columns of its configuration.

    Raises NameTakenError.
    """
    await require_free_name(uow.tx, name)
    agent_id = await configs.add_ai_agent(
        uow.tx, name, level=level, capacity=capacity, values=dict(values), now=uow.now
    )
    await staff_lists.set_channels(uow.tx, agent_id, channel_ids)
    _record(uow, by, "ai_agent.created", agent_id, {"name": name})
    return agent_id


async def change_ai_agent(
    uow: UnitOfWork,
    agent_id: AgentId,
    values: Mapping[str, Any],
    *,
    name: str | None = None,
    level: AgentLevel | None = None,
    by: Actor,
) -> None:
    """Change name, level or columns of the configuration.

    Raises UnknownAiAgentError or NameTakenError.
    """
    config = await _lock_config(uow, agent_id)
    changed = {key: value for key, value in values.items() if getattr(config, key) != value}
    for key, value in changed.items():
        setattr(config, key, value)
    if name is not None:
        await require_free_name(uow.tx, name, except_for=agent_id)
        await set_agent_name(uow.tx, agent_id, name)
    of_agent = {"name": name, "level": level}
    if given := {key: value for key, value in of_agent.items() if value is not None}:
        await configs.update_ai_agent(uow.tx, agent_id, given)
    config.updated_at = uow.now
    await uow.tx.flush()
    # The names alone: texts of a configuration are long.
    details = {"changed": sorted(changed), **given}
    _record(uow, by, "ai_agent.changed", agent_id, details)


async def delete_ai_agent(uow: UnitOfWork, agent_id: AgentId, *, by: Actor) -> None:
    """Delete an AI agent: humans or the queue get its sessions, and its configuration is emptied.

    What it suggested cannot be sent any more. It stays as the author of what it answered, in
    messages, logs, turns and figures; its name is free again. Raises UnknownAiAgentError or
    AiAgentNeededError.
    """
    config = await _lock_config(uow, agent_id)
    if named_on := await configs.list_only_named_on(uow.tx, agent_id):
        raise AiAgentNeededError(
            f"channels name this AI agent and no other: {', '.join(named_on)}. Name another one "
            "there (channel_ids), or set their ai_takeover to off"
        )
    await gate.release_sessions(uow, agent_id)
    await gate.drop_suggestions_of(uow, agent_id)
    await configs.update_ai_agent(
        uow.tx, agent_id, {"is_active": False, "status": AgentStatus.OFFLINE}
    )
    await staff_lists.set_channels(uow.tx, agent_id, ())
    await configs.empty_config(uow.tx, config, uow.now)
    _record(uow, by, "ai_agent.deleted", agent_id, {})


async def _lock_config(uow: UnitOfWork, agent_id: AgentId) -> AgentAiConfig:
    config = await configs.lock_config(uow.tx, agent_id)
    if config is None or config.deleted_at is not None:
        raise UnknownAiAgentError
    return config


def _record(
    uow: UnitOfWork, by: Actor, action: str, agent_id: AgentId, details: dict[str, Any]
) -> None:
    """Record a change in the audit log, and announce it."""
    add_entry(uow, by, action, f"agent:{agent_id}", details)
    uow.events.add(AgentChanged(agent_id))
