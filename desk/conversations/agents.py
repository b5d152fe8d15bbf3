"""Administrators' settings of agents: status, capacity, channels."""

from collections.abc import Collection, Mapping
from typing import Any

from db.ids import AgentId, ChannelId
from db.queries.accounts import presence as presence_queries
from db.queries.accounts import staff_lists
from db.queries.accounts.staff_lists import AgentRow
from db.tables import AgentStatus
from desk.actors import Actor, ai_agent, human_agent
from desk.audit import add_entry
from desk.conversations import presence
from desk.conversations.assignment import assign_waiting
from desk.events import AgentChanged
from desk.phones import parse_typed
from desk.unit_of_work import UnitOfWork

# What an agent is said to be; it has no effect on sessions.
PROFILE_FIELDS = {"level", "description", "avatar_url", "phone"}


async def set_profile(
    uow: UnitOfWork, agent_id: AgentId, values: Mapping[str, str | None], *, by: Actor
) -> None:
    """Set some of `PROFILE_FIELDS`; None removes one, and leaves the level as it is."""
    changed = {name: each for name, each in values.items() if (name, each) != ("level", None)}
    if phone := changed.get("phone"):
        changed["phone"] = parse_typed(phone, uow.default_region)
    if changed:
        await staff_lists.update_agent(uow.tx, agent_id, changed)
        _record(uow, by, "profile.changed", agent_id, {"changed": sorted(changed)})


async def set_working_hours(
    uow: UnitOfWork, agent_id: AgentId, hours: dict[str, Any] | None, *, by: Actor
) -> None:
    """Set when a person works, already validated; None: they go on- and offline themselves.

    The hours are followed from now on: the status changes when they next begin or end.
    """
    was = await presence_queries.read_working_hours(uow.tx, agent_id)
    if was != hours:
        await presence_queries.set_working_hours(uow.tx, agent_id, hours, uow.now)
        _record(uow, by, "working_hours.changed", agent_id, {"from": was, "to": hours})


async def set_active(uow: UnitOfWork, agent: AgentRow, *, on: bool, by: Actor) -> None:
    """Switch an AI agent on, or off: then its sessions go to others, or wait."""
    if agent.is_active is on:
        return
    await staff_lists.update_agent(uow.tx, agent.id, {"is_active": on})
    _record(uow, by, f"agent.switched_{'on' if on else 'off'}", agent.id)
    if on:
        await set_agent_status(uow, agent, AgentStatus.ONLINE, by=by)
    else:
        await presence.retire_agent(uow, ai_agent(agent.id, agent.name), by=by)


async def set_agent_status(
    uow: UnitOfWork, agent: AgentRow, status: AgentStatus, *, by: Actor
) -> None:
    """Set an agent's status, with the consequences for a human agent's sessions."""
    if agent.user_id is None or agent.role is None:
        await presence.save_status(uow, agent.id, status)
        add_entry(uow, by, f"agent.{status.value}", agent.id)
        return
    known = human_agent(agent.name, agent.id, agent.user_id, agent.role)
    await presence.set_status(uow, known, status, by=by)


async def set_capacity(uow: UnitOfWork, agent_id: AgentId, capacity: int, *, by: Actor) -> None:
    """Set how many sessions an agent is given at most; assign waiting sessions if there is room."""
    await staff_lists.set_capacity(uow.tx, agent_id, capacity)
    _record(uow, by, "capacity.changed", agent_id, {"capacity": capacity})
    await assign_waiting(uow)


async def set_channels(
    uow: UnitOfWork, agent_id: AgentId, channel_ids: Collection[ChannelId], *, by: Actor
) -> None:
    """Assign an agent to exactly these channels, and assign the sessions that wait there."""
    await staff_lists.set_channels(uow.tx, agent_id, channel_ids)
    _record(uow, by, "channels.changed", agent_id, {"channels": list(channel_ids)})
    await assign_waiting(uow)


def _record(
    uow: UnitOfWork,
    by: Actor,
    action: str,
    agent_id: AgentId,
    details: dict[str, Any] | None = None,
) -> None:
    """Record a change in the audit log, and announce it."""
    add_entry(uow, by, action, agent_id, details)
    uow.events.add(AgentChanged(agent_id))
