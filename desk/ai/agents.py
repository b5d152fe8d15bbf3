"""Create AI agents and change how they answer."""

from collections.abc import Collection, Mapping
from typing import Any

from db.ids import AgentId, ChannelId
from db.queries.accounts import staff_lists
from db.queries.accounts.agents import set_agent_name
from db.queries.ai import configs
from db.tables import AgentLevel
from desk.accounts.unique_names import require_free_name
from desk.actors import Actor
from desk.audit import add_entry
from desk.unit_of_work import UnitOfWork


class UnknownAiAgentError(LookupError):
    """There is no AI agent with this id."""


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
    add_entry(uow, by, "ai_agent.created", _subject(agent_id), {"name": name})
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
    config = await configs.lock_config(uow.tx, agent_id)
    if config is None:
        raise UnknownAiAgentError
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
    add_entry(uow, by, "ai_agent.changed", _subject(agent_id), details)


def _subject(agent_id: AgentId) -> str:
    return f"agent:{agent_id}"
