"""Presence of agents: online, busy, away, offline, and what happens to their open sessions."""

from db.ids import AgentId
from db.queries.accounts import agents
from db.queries.accounts.agents import AgentPresence
from db.tables import AgentStatus, StatusCause
from desk.actors import Actor, AgentActor
from desk.audit import add_entry
from desk.conversations.absences import leave_sessions, release_all
from desk.conversations.assignment import assign_waiting
from desk.events import AgentStatusChanged
from desk.unit_of_work import UnitOfWork


async def set_status(
    uow: UnitOfWork,
    agent: AgentActor,
    status: AgentStatus,
    *,
    by: Actor | None = None,
    cause: StatusCause = StatusCause.CHOICE,
) -> AgentPresence:
    """Set an agent's status with all consequences, and return their presence.

    `by` is who does it, if it is not the agent. An agent who is busy or away keeps their open
    sessions and is given no new ones. Those of an agent who is offline, or away because of their
    silence, go where their channel wants it.
    """
    await save_status(uow, agent.agent_id, status, cause)
    add_entry(uow, by or agent, f"agent.{status.value}", agent.agent_id)
    await uow.tx.flush()
    if status is AgentStatus.OFFLINE or cause is StatusCause.SILENCE:
        await leave_sessions(uow, agent, status, by=by or agent)
    if status in {AgentStatus.ONLINE, AgentStatus.OFFLINE} or cause is StatusCause.SILENCE:
        await assign_waiting(uow)
    return await get_presence(uow, agent)


async def retire_agent(uow: UnitOfWork, agent: AgentActor, *, by: Actor) -> None:
    """Set an agent offline for good: their sessions go to others, or wait."""
    await save_status(uow, agent.agent_id, AgentStatus.OFFLINE)
    add_entry(uow, by, "agent.offline", agent.agent_id)
    await uow.tx.flush()
    await release_all(uow, agent, "reason.disabled", by=by)
    await assign_waiting(uow)


async def save_status(
    uow: UnitOfWork,
    agent_id: AgentId,
    status: AgentStatus,
    cause: StatusCause = StatusCause.CHOICE,
) -> None:
    """Set an agent's status without any consequences."""
    if await agents.set_status(uow.tx, agent_id, status, cause, uow.now):
        uow.events.add(AgentStatusChanged(agent_id, status))


async def get_presence(uow: UnitOfWork, agent: AgentActor) -> AgentPresence:
    """Return an agent's presence."""
    live_since = uow.session_times.live_since(uow.now)
    return await agents.read_presence(uow.tx, agent.agent_id, live_since)
