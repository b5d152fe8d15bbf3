"""Actions on sessions: mark as read, claim, assign, transfer, tag, end, reopen."""

from functools import partial

from api.access.caller import Caller
from api.access.permissions import can_see, was_waiting_recently
from api.access.session_access import find_session, lock_thread, lock_visible_session
from api.errors.problems import Conflict, NotFound, ValidationFailed
from api.messages.pages import ReadQuery
from api.sessions.lists import load_detail
from api.sessions.models import (
    AiModeChange,
    Assignment,
    PriorityChange,
    SessionDetail,
    Snooze,
    TagChanges,
    Transfer,
)
from db.ids import AgentId, SessionId
from db.queries.accounts import agents
from desk.actors import AgentActor, to_actor
from desk.ai import gate
from desk.conversations import actions, transfers
from desk.conversations.notices import notify_open_topic
from desk.conversations.priority import set_priority
from desk.conversations.queue import take_next
from desk.conversations.rights import find_holder
from desk.conversations.sessions import mark_read
from desk.conversations.snooze import snooze, wake
from desk.conversations.tags import change_tags
from desk.unit_of_work import UnitOfWork


async def mark_session_read(
    uow: UnitOfWork, caller: Caller, session_id: SessionId, query: ReadQuery
) -> None:
    """Mark the messages of the customer in a session as read: all, or those up to a message."""
    thread, _ = await lock_visible_session(uow, caller, session_id)
    await mark_read(uow, thread, session_id, query.last)


async def claim(uow: UnitOfWork, caller: Caller, session_id: SessionId) -> SessionDetail:
    """Claim a waiting session; if two agents do so at once, one gets it, the other a 409.

    The 409 names the agent who was faster. Claiming one's own session changes nothing.
    """
    place = await find_session(uow, session_id)
    thread = await lock_thread(uow, place)
    holder, is_open = find_holder(thread, place)
    if not can_see(caller, holder=holder, is_open=is_open):
        await _require_waiting_recently(uow, holder, is_open)
    await actions.claim_session(uow, thread, session_id, caller.actor)
    return await load_detail(uow, session_id)


async def claim_next(uow: UnitOfWork, caller: Caller) -> SessionDetail:
    """Claim the waiting session whose turn it is, on the channels that I serve; 409: none waits."""
    thread = await take_next(uow, caller.actor)
    if thread is None or thread.session_id is None:
        raise Conflict("no customer is waiting")
    return await load_detail(uow, thread.session_id)


async def assign(
    uow: UnitOfWork, caller: Caller, session_id: SessionId, body: Assignment
) -> SessionDetail:
    """Assign an open session to an agent, even if another agent holds it."""
    thread, _ = await lock_visible_session(uow, caller, session_id)
    to = await _load_agent(uow, body.agent_id)
    give = partial(transfers.assign, uow, thread, session_id, to)
    await give(by=caller.actor, reason=body.reason)
    return await load_detail(uow, session_id)


async def transfer(
    uow: UnitOfWork, caller: Caller, session_id: SessionId, body: Transfer
) -> SessionDetail:
    """Transfer a session to another agent, who is told why; return its new state."""
    thread, _ = await lock_visible_session(uow, caller, session_id)
    to = await _load_agent(uow, body.agent_id)
    give = partial(transfers.transfer, uow, thread, session_id, to)
    await give(by=caller.actor, reason=body.reason)
    return await load_detail(uow, session_id)


async def change_session_tags(
    uow: UnitOfWork, caller: Caller, session_id: SessionId, body: TagChanges
) -> SessionDetail:
    """Give a session tags and take others from it, also after its end; return its new state.

    Names that differ only in case or spaces are the same tag. A name that is new makes a tag.
    """
    await lock_visible_session(uow, caller, session_id)
    await change_tags(uow, session_id, add=body.add, remove=body.remove, by=caller.actor)
    return await load_detail(uow, session_id)


async def change_priority(
    uow: UnitOfWork, caller: Caller, session_id: SessionId, body: PriorityChange
) -> SessionDetail:
    """Set the priority of an open session: waiting sessions of a higher one get an agent first."""
    thread, _ = await lock_visible_session(uow, caller, session_id)
    actions.require_open(thread, session_id)
    await set_priority(uow, thread, body.priority, by=caller.actor)
    return await load_detail(uow, session_id)


async def change_ai_mode(
    uow: UnitOfWork, caller: Caller, session_id: SessionId, body: AiModeChange
) -> None:
    """Choose what AI agents do in an open session, as `/ai on`, `/suggest` and `/ai off` do.

    automatic: the AI agent gets the session, and answers what is not answered. suggest, off: a
    session that an AI agent holds becomes the caller's.
    """
    thread, _ = await lock_visible_session(uow, caller, session_id)
    actions.require_open(thread, session_id)
    words, is_refused = await gate.set_mode(uow, thread, caller.actor, body.mode)
    if is_refused:
        raise Conflict(words)
    notify_open_topic(uow, thread, words)


async def snooze_session(
    uow: UnitOfWork, caller: Caller, session_id: SessionId, body: Snooze
) -> SessionDetail:
    """Put a held session aside; it comes back at that time, or when the customer writes.

    Until then it does not count against its agent's capacity, and does not end by itself.
    """
    thread, _ = await lock_visible_session(uow, caller, session_id)
    actions.require_open(thread, session_id)
    await snooze(uow, thread, body.until, by=caller.actor)
    return await load_detail(uow, session_id)


async def wake_session(uow: UnitOfWork, caller: Caller, session_id: SessionId) -> SessionDetail:
    """Take a session up again before its time; one that is not snoozed does not change."""
    thread, _ = await lock_visible_session(uow, caller, session_id)
    if thread.session_id == session_id:
        await wake(uow, thread)
    return await load_detail(uow, session_id)


async def end(uow: UnitOfWork, caller: Caller, session_id: SessionId) -> SessionDetail:
    """End a session; the customer is told, and the longest waiting session gets the free place."""
    thread, _ = await lock_visible_session(uow, caller, session_id)
    await actions.end_session(uow, thread, session_id, caller.actor)
    return await load_detail(uow, session_id)


async def reopen(uow: UnitOfWork, caller: Caller, session_id: SessionId) -> SessionDetail:
    """Reopen the conversation's last session.

    The agent who held it gets it again; if they cannot, it waits.
    """
    thread, place = await lock_visible_session(uow, caller, session_id)
    await actions.reopen_session(uow, thread, session_id, caller.actor, place.cs_id)
    return await load_detail(uow, session_id)


async def _require_waiting_recently(uow: UnitOfWork, holder: AgentId | None, is_open: bool) -> None:
    given_at = await agents.read_last_assigned_at(uow.tx, holder) if is_open and holder else None
    if not was_waiting_recently(given_at, uow.now):
        raise NotFound


async def _load_agent(uow: UnitOfWork, agent_id: str) -> AgentActor:
    agent = await agents.find_agent(uow.tx, AgentId(agent_id))
    if agent is None:
        raise ValidationFailed.field("agent_id", "is not an agent who can log in", "unknown")
    return to_actor(agent)
