"""Sessions: one begins with a message when none is open, and ends when somebody ends it."""

from db.ids import AgentId, SessionId
from db.queries.accounts import agents
from db.queries.accounts.accounts import BoundAgent
from db.queries.conversations import sessions
from db.queries.conversations.threads import Thread
from db.queries.conversations.unread import mark_conversation_as_read, mark_sessions_read
from db.tables import OutboxKind
from desk.audit import note
from desk.content import Content
from desk.conversations.assignment import find_agent, give_out_waiting
from desk.conversations.queue_notices import tell_waiting
from desk.unit_of_work import Desk


async def ensure_session(desk: Desk, thread: Thread) -> None:
    """See that the customer's thread has an open session, given to whoever should have it.

    When nobody can take it the session waits, and the customer is told once.
    """
    if thread.session_id is not None:
        return
    agent = await find_agent(desk, thread.channel_id)
    await _open(desk, thread, agent.agent_id if agent else None, agent.name if agent else None)
    if agent is None:
        await tell_waiting(desk, thread)


async def open_for(desk: Desk, thread: Thread, agent: BoundAgent) -> None:
    """See that the thread has an open session, taken by this agent if nobody holds it."""
    if thread.session_id is None:
        await agents.increment_active_sessions(desk.tx, agent.agent_id, desk.now)
        await _open(desk, thread, agent.agent_id, agent.name)
    elif thread.cs_id is None:
        await claim(desk, thread, agent)


async def claim(desk: Desk, thread: Thread, agent: BoundAgent) -> bool:
    """Take a session that waits; False if there is none or somebody holds it.

    An agent may take more than their capacity by hand: it bounds only what is given to them.
    """
    if thread.session_id is None or thread.cs_id is not None:
        return False
    if not await sessions.assign_session(desk.tx, thread.session_id, agent.agent_id, held_by=None):
        return False
    await agents.increment_active_sessions(desk.tx, agent.agent_id, desk.now)
    thread.cs_id, thread.cs_name = agent.agent_id, agent.name
    note(desk, agent, "session.claim", thread.session_id)
    desk.events.session_assigned(thread.session_id, agent.agent_id)
    desk.refresh_card(thread)
    return True


async def end(desk: Desk, thread: Thread, agent: BoundAgent | None, name: str) -> bool:
    """End the open session: the customer is told, and whoever waits longest takes the free place.

    `name` is who ended it, `agent` the account behind it if there is one. Returns False if none
    was open.
    """
    if thread.session_id is None or not await sessions.end_session(desk.tx, thread, desk.now):
        return False
    if thread.cs_id is not None:
        await agents.decrement_active_sessions(desk.tx, thread.cs_id)
    # Whoever ends it has seen what there is: nobody will look for it in an ended session.
    desk.staff_read(thread, thread.session_id, has_message=False)
    _tell_customer(desk, thread, "customer.ended")
    text = desk.for_staff("topic.ended", number=thread.session_number, agent=name)
    desk.to_staff(thread, OutboxKind.STAFF_NOTICE, {"content": Content(text=text).to_json()})
    note(desk, agent, "session.end", thread.session_id)
    desk.events.session_ended(thread.session_id)
    _forget_session(thread)
    desk.refresh_card(thread)
    await give_out_waiting(desk)
    return True


async def reopen(desk: Desk, thread: Thread, ended: SessionId, holder: BoundAgent | None) -> bool:
    """Have the session that ended last go on, held by `holder`; None: it waits for somebody.

    Returns False if a session is open, or another one ended after this.
    """
    if thread.session_id is not None:
        return False
    cs_id = holder.agent_id if holder else None
    since = await sessions.reopen_session(desk.tx, thread, ended, cs_id)
    if since is None:
        return False
    if holder is not None:
        await agents.increment_active_sessions(desk.tx, holder.agent_id, desk.now)
    thread.session_id, thread.session_number = ended, thread.session_count
    thread.session_since = since
    thread.cs_id, thread.cs_name = cs_id, holder.name if holder else None
    desk.refresh_card(thread)
    return True


async def _open(
    desk: Desk, thread: Thread, agent_id: AgentId | None, agent_name: str | None
) -> None:
    thread.session_id = await sessions.open_session(desk.tx, thread, agent_id, desk.now)
    thread.session_count += 1
    thread.session_number, thread.session_since = thread.session_count, desk.now
    thread.cs_id, thread.cs_name = agent_id, agent_name
    desk.events.session_opened(thread.session_id)
    desk.refresh_card(thread)


def _forget_session(thread: Thread) -> None:
    thread.session_id = thread.session_number = thread.session_since = None
    thread.cs_id = thread.cs_name = None


def _tell_customer(desk: Desk, thread: Thread, key: str, **values: object) -> None:
    text = desk.for_customer(thread, key, **values)
    desk.to_customer(thread, OutboxKind.NOTICE, {"content": Content(text=text).to_json()})


async def mark_read(desk: Desk, thread: Thread, session_id: SessionId) -> None:
    """Mark all that the customer wrote in one session of the thread as read."""
    if thread.session_id == session_id:
        desk.staff_read(thread, session_id, has_message=False)
    elif await mark_sessions_read(desk.tx, [session_id]):
        desk.events.messages_read(session_id)


async def mark_all_read(desk: Desk, thread: Thread) -> None:
    """Mark all that the customer ever wrote in the thread as read."""
    count = await mark_conversation_as_read(desk.tx, thread.conversation_id)
    if count and thread.session_id is not None:
        desk.events.messages_read(thread.session_id)
