"""Session actions that an agent takes outside the topic; the topic shows a notice of each."""

from db.ids import AgentId, SessionId
from db.queries.accounts import agents
from db.queries.conversations.threads import Thread
from desk.actors import AgentActor, to_actor
from desk.audit import add_entry
from desk.conversations import sessions
from desk.conversations.assignment import assign_waiting
from desk.conversations.holders import Reopened
from desk.conversations.notices import notify_agent, notify_topic
from desk.unit_of_work import UnitOfWork


class SessionActionError(Exception):
    """A session action that is not possible now; the text says why and what to do."""


def require_open(thread: Thread, session_id: SessionId) -> None:
    """Raise SessionActionError unless this is the thread's open session."""
    if thread.session_id != session_id:
        raise SessionActionError("this session has ended: reopen it first")


async def claim_session(
    uow: UnitOfWork, thread: Thread, session_id: SessionId, agent: AgentActor
) -> None:
    """Claim a waiting session for an agent; do nothing if the agent holds it already.

    Raises SessionActionError if somebody else holds the session, or if it has ended.
    """
    require_open(thread, session_id)
    if thread.holder_id == agent.agent_id:
        return
    if not await sessions.claim(uow, thread, agent):
        raise SessionActionError(
            f"{thread.holder_name} already has this session: nothing was changed"
        )
    notify_topic(uow, thread, "topic.claimed", agent=agent.name)


async def end_session(
    uow: UnitOfWork, thread: Thread, session_id: SessionId, agent: AgentActor
) -> None:
    """End a session; raise SessionActionError if it has ended already."""
    if thread.session_id != session_id:
        raise SessionActionError("this session has ended already")
    holder, number = thread.holder_id, thread.session_number
    await sessions.end(uow, thread, agent)
    await notify_agent(uow, thread, holder, "agent.session_ended", by=agent, number=number)


async def reopen_session(
    uow: UnitOfWork,
    thread: Thread,
    session_id: SessionId,
    agent: AgentActor,
    former: AgentId | None,
) -> None:
    """Reopen an ended session for `former`, who held it; without `former` it waits again.

    Raises SessionActionError if a session is open, or if this was not the last one.
    """
    if thread.session_id == session_id:
        raise SessionActionError("this session is open")
    if thread.session_id is not None:
        raise SessionActionError("another session of this conversation is open: go on in that one")
    found = await agents.find_agent(uow.tx, former) if former else None
    holder = to_actor(found) if found else None
    if not await sessions.reopen(uow, thread, Reopened(session_id, former), holder, by=agent):
        raise SessionActionError(
            "this was not the conversation's last session: reopen the last one"
        )
    add_entry(uow, agent, "session.reopen", session_id)
    number = thread.session_number
    notify_topic(uow, thread, "topic.reopened", number=number, agent=agent.name)
    await notify_agent(
        uow, thread, thread.holder_id, "agent.session_reopened", by=agent, number=number
    )
    if holder is None:
        await assign_waiting(uow)
