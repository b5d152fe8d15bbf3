"""Presence of agents: online, busy, away, offline, and what happens to their open sessions."""

from db.ids import AgentId
from db.queries.accounts import agents
from db.queries.accounts.agents import AgentPresence
from db.queries.conversations import sessions
from db.queries.conversations.sessions import SessionRef
from db.tables import AgentStatus, OfflinePolicy
from desk.actors import Actor, AgentActor
from desk.audit import add_entry
from desk.conversations.assignment import assign_waiting
from desk.conversations.holders import HandedOver, change_holder, reserve_agent
from desk.conversations.threads import find_thread
from desk.events import AgentStatusChanged
from desk.unit_of_work import UnitOfWork


async def set_status(
    uow: UnitOfWork, agent: AgentActor, status: AgentStatus, *, by: Actor | None = None
) -> AgentPresence:
    """Set an agent's status with all consequences, and return their presence.

    `by` is the person who does it, if it is not the agent. An agent who is busy or away keeps their
    open sessions and is given no new ones.
    """
    if status is AgentStatus.ONLINE:
        return await go_online(uow, agent, by=by)
    if status is AgentStatus.OFFLINE:
        return await go_offline(uow, agent, by=by)
    await save_status(uow, agent.agent_id, status)
    add_entry(uow, by or agent, f"agent.{status.value}", agent.agent_id)
    return await get_presence(uow, agent)


async def go_online(
    uow: UnitOfWork, agent: AgentActor, *, by: Actor | None = None
) -> AgentPresence:
    """Set an agent online, assign waiting sessions to them, and return their presence."""
    await save_status(uow, agent.agent_id, AgentStatus.ONLINE)
    add_entry(uow, by or agent, "agent.online", agent.agent_id)
    await uow.tx.flush()
    await assign_waiting(uow)
    return await get_presence(uow, agent)


async def go_offline(
    uow: UnitOfWork, agent: AgentActor, *, by: Actor | None = None
) -> AgentPresence:
    """Set an agent offline and return their presence.

    Open sessions stay, go back to the queue or go to another agent, as the policy of their channel
    says.
    """
    await save_status(uow, agent.agent_id, AgentStatus.OFFLINE)
    add_entry(uow, by or agent, "agent.offline", agent.agent_id)
    await uow.tx.flush()
    for held in await sessions.list_held_by(uow.tx, agent.agent_id):
        await _release_session(uow, agent, held, "reason.offline", by=by or agent)
    await assign_waiting(uow)
    return await get_presence(uow, agent)


async def retire_agent(uow: UnitOfWork, agent: AgentActor, *, by: Actor) -> None:
    """Set an agent offline for good: their sessions go to others, or wait."""
    await save_status(uow, agent.agent_id, AgentStatus.OFFLINE)
    add_entry(uow, by, "agent.offline", agent.agent_id)
    await uow.tx.flush()
    for held in await sessions.list_held_by(uow.tx, agent.agent_id):
        policy = OfflinePolicy.HAND_BACK
        await _release_session(uow, agent, held, "reason.disabled", by=by, policy=policy)
    await assign_waiting(uow)


async def _release_session(
    uow: UnitOfWork,
    agent: AgentActor,
    held: SessionRef,
    reason: str,
    *,
    by: Actor,
    policy: OfflinePolicy | None = None,
) -> None:
    served = held.channel_id in uow.channels
    if policy is None:
        policy = uow.channels[held.channel_id].offline_policy if served else OfflinePolicy.KEEP
    thread = await find_thread(uow, held.conversation_id)
    if policy is OfflinePolicy.KEEP or thread is None or thread.holder_id != agent.agent_id:
        return
    heir = await reserve_agent(uow, held.channel_id, exclude=agent.agent_id)
    if heir is None and policy is OfflinePolicy.PASS_ON:
        return  # nobody can take it: a late answer is better than none
    await change_holder(uow, thread, heir, HandedOver(uow.text_for_staff(reason)), by=by)


async def save_status(uow: UnitOfWork, agent_id: AgentId, status: AgentStatus) -> None:
    """Set an agent's status without any consequences."""
    if await agents.set_status(uow.tx, agent_id, status):
        uow.events.add(AgentStatusChanged(agent_id, status))


async def get_presence(uow: UnitOfWork, agent: AgentActor) -> AgentPresence:
    """Return an agent's presence."""
    live_since = uow.session_times.live_since(uow.now)
    return await agents.read_presence(uow.tx, agent.agent_id, live_since)
