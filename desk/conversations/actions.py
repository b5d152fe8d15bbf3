"""What agents do with a session from elsewhere than its topic, which is told of it."""

from db.ids import AgentId, SessionId
from db.queries.accounts import agents
from db.queries.accounts.accounts import BoundAgent
from db.queries.conversations.threads import Thread
from desk.audit import note
from desk.conversations import sessions
from desk.conversations.assignment import give_out_waiting
from desk.conversations.notices import tell_agent, tell_topic
from desk.unit_of_work import Desk


class SteeringError(Exception):
    """Not possible as things stand; says why, and what to do."""


def must_be_open(thread: Thread, session_id: SessionId) -> None:
    """Raise SteeringError unless this is the thread's open session."""
    if thread.session_id != session_id:
        raise SteeringError("this session has ended: reopen it first")


async def take(desk: Desk, thread: Thread, session_id: SessionId, agent: BoundAgent) -> None:
    """Take a session that waits; for who holds it already nothing changes.

    Raises SteeringError where somebody else holds it, or it has ended.
    """
    must_be_open(thread, session_id)
    if thread.cs_id == agent.agent_id:
        return
    if not await sessions.claim(desk, thread, agent):
        raise SteeringError(f"{thread.cs_name} already has this session: nothing was changed")
    tell_topic(desk, thread, "topic.claimed", agent=agent.name)


async def close(desk: Desk, thread: Thread, session_id: SessionId, agent: BoundAgent) -> None:
    """End a session; raises SteeringError where it has ended."""
    if thread.session_id != session_id:
        raise SteeringError("this session has ended already")
    holder, number = thread.cs_id, thread.session_number
    await sessions.end(desk, thread, agent, agent.name)
    await tell_agent(desk, thread, holder, "agent.session_ended", by=agent, number=number)


async def reopen(
    desk: Desk, thread: Thread, session_id: SessionId, agent: BoundAgent, former: AgentId | None
) -> None:
    """Have an ended session go on with `former`, who held it; without them it waits again.

    Raises SteeringError where a session is open, or this was not the last one.
    """
    if thread.session_id == session_id:
        raise SteeringError("this session is open")
    if thread.session_id is not None:
        raise SteeringError("another session of this conversation is open: go on in that one")
    holder = await agents.find_agent(desk.tx, former) if former else None
    if not await sessions.reopen(desk, thread, session_id, holder):
        raise SteeringError("this was not the conversation's last session: reopen the last one")
    note(desk, agent, "session.reopen", session_id)
    desk.events.session_reopened(session_id, held_by=former)
    number = thread.session_number
    tell_topic(desk, thread, "topic.reopened", number=number, agent=agent.name)
    await tell_agent(desk, thread, thread.cs_id, "agent.session_reopened", by=agent, number=number)
    if holder is None:
        await give_out_waiting(desk)
