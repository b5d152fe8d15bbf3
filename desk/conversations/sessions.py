"""Sessions: a message opens one if none is open, and somebody ends it."""

from db.ids import AgentId, SessionId
from db.queries.conversations import holders
from db.queries.conversations.threads import Thread
from db.queries.conversations.unread import mark_conversation_as_read, mark_sessions_read
from desk.actors import Actor, AgentActor
from desk.audit import add_entry
from desk.conversations.assignment import assign_waiting, reserve_agent
from desk.unit_of_work import UnitOfWork


async def ensure_session(uow: UnitOfWork, thread: Thread) -> bool:
    """Open a session unless one is open, and assign it to the agent that the policy chooses.

    Returns True if the new session waits because no agent can take it.
    """
    if thread.session_id is not None:
        return False
    agent = await reserve_agent(uow, thread.channel_id)
    await _open(uow, thread, agent.agent_id if agent else None, agent.name if agent else None)
    return agent is None


async def ensure_session_held_by(uow: UnitOfWork, thread: Thread, agent: AgentActor) -> None:
    """Open a session unless one is open; the agent holds it if nobody else does."""
    if thread.session_id is None:
        await holders.increment_active_sessions(uow.tx, agent.agent_id, uow.now)
        await _open(uow, thread, agent.agent_id, agent.name)
    elif thread.holder_id is None:
        await claim(uow, thread, agent)


async def claim(uow: UnitOfWork, thread: Thread, agent: AgentActor) -> bool:
    """Claim a waiting session; return False if there is none, or if somebody holds it.

    An agent may claim more sessions than their capacity, which bounds automatic assignment only.
    """
    if thread.session_id is None or thread.holder_id is not None:
        return False
    if not await holders.assign_session(uow.tx, thread.session_id, agent.agent_id, held_by=None):
        return False
    await holders.increment_active_sessions(uow.tx, agent.agent_id, uow.now)
    thread.holder_id, thread.holder_name = agent.agent_id, agent.name
    add_entry(uow, agent, "session.claim", thread.session_id)
    uow.events.add_session_assigned(thread.session_id, agent.agent_id)
    uow.refresh_card(thread)
    return True


async def end(uow: UnitOfWork, thread: Thread, by: Actor, *, is_told: bool = True) -> bool:
    """End the open session, tell the customer, and assign waiting sessions to the free place.

    Unless `is_told`, neither the customer nor the topic reads about it. Returns False if no session
    was open.
    """
    if thread.session_id is None or not await holders.end_session(uow.tx, thread, uow.now):
        return False
    if thread.holder_id is not None:
        await holders.decrement_active_sessions(uow.tx, thread.holder_id)
    # Ending a session means that its messages were read: nobody looks for them in an ended session.
    uow.mark_read_by_staff(thread, thread.session_id, has_message=False)
    if is_told:
        uow.enqueue_customer_notice(thread, uow.text_for_customer(thread, "customer.ended"))
        text = uow.text_for_staff("topic.ended", number=thread.session_number, agent=by.name)
        uow.enqueue_staff_notice(thread, text)
    add_entry(uow, by, "session.end", thread.session_id)
    uow.events.add_session_ended(thread, thread.session_id, thread.holder_id)
    _clear_session(thread)
    uow.refresh_card(thread)
    await assign_waiting(uow)
    return True


async def reopen(
    uow: UnitOfWork, thread: Thread, ended: SessionId, holder: AgentActor | None
) -> bool:
    """Reopen the last session for `holder`; without a holder it waits. Return False if it cannot.

    That is so if a session is open, or if another one ended after this one.
    """
    if thread.session_id is not None:
        return False
    cs_id = holder.agent_id if holder else None
    since = await holders.reopen_session(uow.tx, thread, ended, cs_id)
    if since is None:
        return False
    if holder is not None:
        await holders.increment_active_sessions(uow.tx, holder.agent_id, uow.now)
    thread.session_id, thread.session_number = ended, thread.session_count
    thread.session_since = since
    thread.holder_id, thread.holder_name = cs_id, holder.name if holder else None
    uow.refresh_card(thread)
    return True


async def _open(
    uow: UnitOfWork, thread: Thread, agent_id: AgentId | None, agent_name: str | None
) -> None:
    thread.session_id = await holders.open_session(uow.tx, thread, agent_id, uow.now)
    thread.session_count += 1
    thread.session_number, thread.session_since = thread.session_count, uow.now
    thread.holder_id, thread.holder_name = agent_id, agent_name
    uow.events.add_session_opened(thread, thread.session_id, agent_id)
    uow.refresh_card(thread)


def _clear_session(thread: Thread) -> None:
    thread.session_id = thread.session_number = thread.session_since = None
    thread.holder_id = thread.holder_name = None


async def mark_read(uow: UnitOfWork, thread: Thread, session_id: SessionId) -> None:
    """Mark all messages that the customer wrote in one session as read."""
    if thread.session_id == session_id:
        uow.mark_read_by_staff(thread, session_id, has_message=False)
    elif await mark_sessions_read(uow.tx, [session_id]):
        uow.events.add_messages_read(session_id)


async def mark_all_read(uow: UnitOfWork, thread: Thread) -> None:
    """Mark all messages that the customer ever wrote in the thread as read."""
    count = await mark_conversation_as_read(uow.tx, thread.conversation_id)
    if count and thread.session_id is not None:
        uow.events.add_messages_read(thread.session_id)
