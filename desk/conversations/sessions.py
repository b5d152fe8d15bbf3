"""Sessions: a message opens one if none is open, and somebody ends it."""

from db.ids import MessageId, SessionId
from db.queries.conversations.sessions import find_last_ended
from db.queries.conversations.threads import Thread
from db.queries.conversations.unread import (
    has_unread_after,
    mark_conversation_as_read,
    mark_read_up_to,
    mark_sessions_read,
)
from desk.actors import Actor, ActorKind, AgentActor
from desk.audit import add_entry
from desk.conversations.ai_first import find_first_ai_agent
from desk.conversations.assignment import assign_waiting
from desk.conversations.holders import (
    Ended,
    HandedOver,
    Opened,
    Reopened,
    Taken,
    change_holder,
    reserve_agent,
)
from desk.conversations.introductions import tell_who_answers
from desk.conversations.notices import notify_topic
from desk.events import MessagesRead
from desk.unit_of_work import UnitOfWork


async def ensure_session(uow: UnitOfWork, thread: Thread, *, may_reopen: bool = False) -> bool:
    """Open a session unless one is open, and assign it to the agent that the policy chooses.

    With `may_reopen`, a session that ended a short time ago is reopened instead, where the channel
    wants that; its former agent comes first. Returns True if the session waits because no agent can
    take it.
    """
    if thread.session_id is not None:
        return False
    ended = await _find_reopenable(uow, thread) if may_reopen else None
    agent = await find_first_ai_agent(uow, uow.channel_of(thread))
    if agent is None:
        former = ended.former if ended else None
        agent = await reserve_agent(uow, thread.channel_id, preferred=former)
    await change_holder(uow, thread, agent, ended or Opened())
    if ended is not None:
        notify_topic(uow, thread, "topic.reopened_by_customer", number=thread.session_number)
    else:
        _mark_beginning(uow, thread)
    return agent is None


async def _find_reopenable(uow: UnitOfWork, thread: Thread) -> Reopened | None:
    """Find the last session if it ended so lately that the customer's message reopens it."""
    within = uow.channel_of(thread).reopen_within
    if not within or not thread.session_count:
        return None
    found = await find_last_ended(
        uow.tx, thread.conversation_id, thread.session_count, uow.now - within
    )
    return Reopened(*found) if found else None


async def ensure_session_held_by(
    uow: UnitOfWork, thread: Thread, agent: AgentActor, *, from_ai: bool = False
) -> None:
    """Open a session unless one is open; the agent holds it if nobody else does.

    With `from_ai`, the agent also takes it from an AI agent.
    """
    if thread.session_id is None:
        await change_holder(uow, thread, agent, Opened(), by=agent)
        _mark_beginning(uow, thread)
    elif thread.holder_id is None or (from_ai and is_takeable(thread, agent)):
        await _take(uow, thread, agent)


def _mark_beginning(uow: UnitOfWork, thread: Thread) -> None:
    """Show where a new session begins in a topic that has earlier ones."""
    places = [each for each in thread.places if each.is_open]
    if thread.session_number is not None and thread.session_number > 1:
        text = uow.text_for_staff("topic.begins", number=thread.session_number)
        uow.enqueue_staff_notice(thread, text, places=places)


def is_takeable(thread: Thread, agent: AgentActor) -> bool:
    """Check whether an agent may take the open session: nobody or an AI agent holds it."""
    if thread.session_id is None:
        return False
    return thread.holder_id is None or (thread.is_held_by_ai and agent.kind is ActorKind.HUMAN)


async def claim(uow: UnitOfWork, thread: Thread, agent: AgentActor) -> bool:
    """Claim a session that waits or that an AI agent holds; return False if there is none.

    An agent may claim more sessions than their capacity, which bounds automatic assignment only.
    The customer is told who answers now, if their channel wants it.
    """
    is_taken = await _take(uow, thread, agent)
    if is_taken:
        tell_who_answers(uow, thread)
    return is_taken


async def _take(uow: UnitOfWork, thread: Thread, agent: AgentActor) -> bool:
    if thread.session_id is None or not is_takeable(thread, agent):
        return False
    is_from_ai = thread.holder_id is not None
    change = HandedOver(uow.text_for_staff("ai.reason_claimed")) if is_from_ai else Taken()
    if not await change_holder(uow, thread, agent, change, by=agent):
        return False
    add_entry(uow, agent, "session.claim", thread.session_id)
    return True


async def end(
    uow: UnitOfWork,
    thread: Thread,
    by: Actor,
    *,
    is_told: bool = True,
    is_silent: bool = False,
) -> bool:
    """End the open session, tell the customer, and assign waiting sessions to the free place.

    Without `is_told`, neither the customer nor the topic gets a notice; with `is_silent`, nothing
    else follows that the customer could see. Returns False if no session was open.
    """
    session_id, number = thread.session_id, thread.session_number
    ended = Ended(is_silent=is_silent)
    if session_id is None or not await change_holder(uow, thread, None, ended, by=by):
        return False
    # Ending a session means that its messages were read: nobody looks for them in an ended session.
    uow.mark_read_by_staff(thread, session_id, has_message=False)
    if is_told:
        uow.notify_customer(thread, "customer.ended")
        text = uow.text_for_staff("topic.ended", number=number, agent=by.name)
        uow.enqueue_staff_notice(thread, text)
    add_entry(uow, by, "session.end", session_id)
    await assign_waiting(uow)
    return True


async def reopen(
    uow: UnitOfWork, thread: Thread, ended: Reopened, holder: AgentActor | None, *, by: Actor
) -> bool:
    """Reopen the last session for `holder`; without a holder it waits. Return False if it cannot.

    That is so if a session is open, or if another one ended after this one.
    """
    if thread.session_id is not None:
        return False
    return await change_holder(uow, thread, holder, ended, by=by)


async def mark_read(
    uow: UnitOfWork, thread: Thread, session_id: SessionId, up_to: MessageId | None = None
) -> None:
    """Mark what the customer wrote in one session as read: all of it, or up to a message.

    The customer is shown that all was read only when all was.
    """
    if up_to is not None and await has_unread_after(uow.tx, session_id, up_to):
        if await mark_read_up_to(uow.tx, thread.conversation_id, session_id, up_to):
            uow.events.add(MessagesRead(session_id))
    elif thread.session_id == session_id:
        uow.mark_read_by_staff(thread, session_id, has_message=False)
    elif await mark_sessions_read(uow.tx, [session_id]):
        uow.events.add(MessagesRead(session_id))


async def mark_all_read(uow: UnitOfWork, thread: Thread) -> None:
    """Mark all messages that the customer ever wrote in the thread as read."""
    count = await mark_conversation_as_read(uow.tx, thread.conversation_id)
    if count and thread.session_id is not None:
        uow.events.add(MessagesRead(thread.session_id))
