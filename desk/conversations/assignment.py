"""Gives sessions to agents: who takes a new one, and who takes what waits."""

from db.ids import AgentId, ChannelId
from db.queries.accounts import agents
from db.queries.conversations import sessions
from db.queries.conversations.sessions import SessionRef
from db.tables import OutboxKind
from desk.content import Content
from desk.conversations.policy import Candidate, choose_agent
from desk.conversations.threads import thread_by_id
from desk.unit_of_work import Desk

# Waiting sessions that one transaction gives out; the next change of anything goes on with it.
_BATCH = 50


async def find_agent(
    desk: Desk, channel_id: ChannelId, *, but: AgentId | None = None
) -> Candidate | None:
    """Take a place with the agent who should get the next session; None: everybody is busy.

    The place is taken by compare-and-set: two workers never give an agent the same last place.
    """
    passed_over: set[AgentId] = {but} if but else set()
    while True:
        rows = await agents.list_online_agents(desk.tx, channel_id)
        chosen = choose_agent(
            candidate for row in rows if (candidate := Candidate(*row)).agent_id not in passed_over
        )
        if chosen is None:
            return None
        if await agents.increment_active_sessions(
            desk.tx, chosen.agent_id, desk.now, seen=chosen.active_sessions
        ):
            return chosen
        passed_over.add(chosen.agent_id)


async def give_out_waiting(desk: Desk) -> int:
    """Give the sessions that wait longest to agents with room; returns how many found one."""
    given = 0
    nobody: set[ChannelId] = set()
    for waiting in await sessions.list_waiting(desk.tx, most=_BATCH):
        if waiting.channel_id in nobody or waiting.channel_id not in desk.channels:
            continue
        if await _give_out(desk, waiting):
            given += 1
        else:
            nobody.add(waiting.channel_id)
    return given


async def _give_out(desk: Desk, waiting: SessionRef) -> bool:
    thread = await thread_by_id(desk, waiting.conversation_id)
    if thread is None or thread.session_id != waiting.session_id or thread.cs_id is not None:
        return True  # ended or taken meanwhile: nothing to give
    agent = await find_agent(desk, waiting.channel_id)
    if agent is None:
        return False
    await sessions.assign_session(desk.tx, waiting.session_id, agent.agent_id, held_by=None)
    thread.cs_id, thread.cs_name = agent.agent_id, agent.name
    desk.events.session_assigned(waiting.session_id, agent.agent_id)
    text = desk.for_customer(thread, "customer.assigned", agent=agent.name)
    desk.to_customer(thread, OutboxKind.NOTICE, {"content": Content(text=text).to_json()})
    desk.refresh_card(thread)
    return True
