"""Who is there: an agent comes, goes, and what becomes of their open sessions."""

from db.ids import AgentId
from db.queries.accounts import agents
from db.queries.accounts.accounts import BoundAgent
from db.queries.accounts.agents import AgentPresence
from db.queries.conversations import sessions
from db.queries.conversations.sessions import SessionRef
from db.tables import AgentStatus, OfflinePolicy
from desk.audit import note
from desk.conversations.assignment import find_agent, give_out_waiting
from desk.conversations.threads import thread_by_id
from desk.unit_of_work import Desk


async def be(
    desk: Desk, agent: BoundAgent, status: AgentStatus, *, by: BoundAgent | None = None
) -> AgentPresence:
    """Set an agent's status, with all that follows; `by`: who does it, where not the agent.

    Who is busy or away keeps their open sessions and is given no new ones. Returns their presence.
    """
    if status is AgentStatus.ONLINE:
        return await come_online(desk, agent, by=by)
    if status is AgentStatus.OFFLINE:
        return await go_offline(desk, agent, by=by)
    await set_status(desk, agent.agent_id, status)
    note(desk, by or agent, f"agent.{status.value}", agent.agent_id)
    return await agents.read_presence(desk.tx, agent.agent_id)


async def come_online(
    desk: Desk, agent: BoundAgent, *, by: BoundAgent | None = None
) -> AgentPresence:
    """Set an agent online and give them what waits; returns their presence."""
    await set_status(desk, agent.agent_id, AgentStatus.ONLINE)
    note(desk, by or agent, "agent.online", agent.agent_id)
    await desk.tx.flush()
    await give_out_waiting(desk)
    return await agents.read_presence(desk.tx, agent.agent_id)


async def go_offline(
    desk: Desk, agent: BoundAgent, *, by: BoundAgent | None = None
) -> AgentPresence:
    """Set an agent offline; open sessions stay, go back or pass on, as their channels say.

    Returns their presence.
    """
    await set_status(desk, agent.agent_id, AgentStatus.OFFLINE)
    note(desk, by or agent, "agent.offline", agent.agent_id)
    await desk.tx.flush()
    for held in await sessions.list_held_by(desk.tx, agent.agent_id):
        await _leave(desk, agent, held)
    await give_out_waiting(desk)
    return await agents.read_presence(desk.tx, agent.agent_id)


async def leave_for_good(desk: Desk, agent: BoundAgent, *, by: BoundAgent) -> None:
    """Set an agent offline who does not come back: their sessions go to others, or wait."""
    await set_status(desk, agent.agent_id, AgentStatus.OFFLINE)
    note(desk, by, "agent.offline", agent.agent_id)
    await desk.tx.flush()
    for held in await sessions.list_held_by(desk.tx, agent.agent_id):
        await _leave(desk, agent, held, OfflinePolicy.HAND_BACK)
    await give_out_waiting(desk)


async def _leave(
    desk: Desk, agent: BoundAgent, held: SessionRef, policy: OfflinePolicy | None = None
) -> None:
    served = held.channel_id in desk.channels
    if policy is None:
        policy = desk.channels[held.channel_id].offline_policy if served else OfflinePolicy.KEEP
    thread = await thread_by_id(desk, held.conversation_id)
    if policy is OfflinePolicy.KEEP or thread is None or thread.cs_id != agent.agent_id:
        return
    heir = await find_agent(desk, held.channel_id, but=agent.agent_id)
    if heir is None and policy is OfflinePolicy.PASS_ON:
        return  # nobody to pass it on to: better a late answer than none
    await sessions.assign_session(
        desk.tx, held.session_id, heir.agent_id if heir else None, held_by=agent.agent_id
    )
    await agents.decrement_active_sessions(desk.tx, agent.agent_id)
    thread.cs_id, thread.cs_name = (heir.agent_id, heir.name) if heir else (None, None)
    desk.events.session_transferred(
        held.session_id, frm=agent.agent_id, to=heir.agent_id if heir else None
    )
    if served:
        desk.refresh_card(thread)


async def set_status(desk: Desk, agent_id: AgentId, status: AgentStatus) -> None:
    """Set an agent's status, and nothing else."""
    if await agents.set_status(desk.tx, agent_id, status):
        desk.events.agent_status(agent_id, status)


async def current(desk: Desk, agent: BoundAgent) -> AgentPresence:
    """Tell where an agent stands."""
    return await agents.read_presence(desk.tx, agent.agent_id)
