"""Assign sessions to agents: new ones and waiting ones."""

from db.ids import AgentId, ChannelId
from db.queries.accounts import agents
from db.queries.conversations import holders, sessions
from db.queries.conversations.sessions import SessionRef
from desk.conversations.policy import Candidate, choose_agent
from desk.conversations.threads import find_thread
from desk.unit_of_work import UnitOfWork

# Waiting sessions that one transaction assigns; the next change that calls this assigns the rest.
_BATCH = 50


async def reserve_agent(
    uow: UnitOfWork, channel_id: ChannelId, *, exclude: AgentId | None = None
) -> Candidate | None:
    """Reserve capacity with the agent who should get the next session; return None if all are busy.

    The capacity is taken by compare-and-set, so two workers never give away an agent's last free
    place.
    """
    passed_over: set[AgentId] = {exclude} if exclude else set()
    while True:
        rows = await agents.list_online_agents(uow.tx, channel_id)
        chosen = choose_agent(
            candidate for row in rows if (candidate := Candidate(*row)).agent_id not in passed_over
        )
        if chosen is None:
            return None
        if await holders.increment_active_sessions(
            uow.tx, chosen.agent_id, uow.now, seen=chosen.active_sessions
        ):
            return chosen
        passed_over.add(chosen.agent_id)


async def assign_waiting(uow: UnitOfWork) -> int:
    """Assign the longest waiting sessions to agents with room; return how many were assigned."""
    assigned = 0
    busy_channels: set[ChannelId] = set()
    for waiting in await sessions.list_waiting(uow.tx, most=_BATCH):
        if waiting.channel_id in busy_channels or waiting.channel_id not in uow.channels:
            continue
        if await _assign(uow, waiting):
            assigned += 1
        else:
            busy_channels.add(waiting.channel_id)
    return assigned


async def _assign(uow: UnitOfWork, waiting: SessionRef) -> bool:
    thread = await find_thread(uow, waiting.conversation_id)
    if thread is None or thread.session_id != waiting.session_id or thread.holder_id is not None:
        return True  # it ended or was taken meanwhile: nothing to assign
    agent = await reserve_agent(uow, waiting.channel_id)
    if agent is None:
        return False
    await holders.assign_session(uow.tx, waiting.session_id, agent.agent_id, held_by=None)
    thread.holder_id, thread.holder_name = agent.agent_id, agent.name
    uow.events.add_session_assigned(waiting.session_id, agent.agent_id)
    text = uow.text_for_customer(thread, "customer.assigned", agent=agent.name)
    uow.enqueue_customer_notice(thread, text)
    uow.refresh_card(thread)
    return True
