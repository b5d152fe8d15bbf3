"""The one place that changes who holds a session.

`change_holder` writes the session by compare-and-set, the agents' numbers of active sessions, the
handover, the event, the place where the session is shown and the card. What people are told about
it, and the audit log, are its callers' business.

A handover (`HandedOver`) takes a session from its holder, to another agent or back to the queue, or
it is a person's decision who gets a waiting session. It is no handover when a session opens or is
reopened with its first holder, when the policy gives a waiting session to an agent, and when an
agent claims one: nobody handed it over.
"""

from dataclasses import dataclass

from db.ids import AgentId, ChannelId, SessionId
from db.queries.accounts import agents
from db.queries.conversations import holders
from db.queries.conversations.threads import Thread
from db.tables import Priority
from desk.actors import SYSTEM, Actor, ActorKind, AgentActor
from desk.conversations.placing import place_session
from desk.conversations.policy import Candidate, choose_agent
from desk.events import (
    SessionAssigned,
    SessionEnded,
    SessionOpened,
    SessionReopened,
    SessionTransferred,
)
from desk.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session begins, with its first holder; without one it waits."""


@dataclass(frozen=True, slots=True)
class Reopened:
    """An ended session goes on; `former` held it when it ended."""

    session_id: SessionId
    former: AgentId | None


@dataclass(frozen=True, slots=True)
class Taken:
    """A waiting session gets a holder: an agent claimed it, or the policy chose one."""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A session goes from its holder to another agent or to nobody, or to one by hand."""

    reason: str | None


@dataclass(frozen=True, slots=True)
class Ended:
    """A session ends; it counts no longer for its holder, whom it keeps.

    With `is_silent`, nothing follows that the customer could see.
    """

    is_silent: bool = False


Change = Opened | Reopened | Taken | HandedOver | Ended


@dataclass(frozen=True, slots=True)
class ReservedAgent(AgentActor):
    """An agent whose number of active sessions has grown already, for the next one."""


async def change_holder(
    uow: UnitOfWork, thread: Thread, to: AgentActor | None, change: Change, *, by: Actor = SYSTEM
) -> bool:
    """Change who holds the thread's session; None: nobody. Everything that follows is done.

    Returns False, and changes nothing, if somebody else changed the session first.
    """
    former = thread.holder_id
    # The agent is counted first: the session's foreign key would lock their row for readers, and
    # two transactions that have done so cannot both count.
    await _count_new(uow, to)
    if not await _write_session(uow, thread, to, change):
        await _uncount(uow, to.agent_id if to else None)
        return False
    await _uncount(uow, former)
    if isinstance(change, HandedOver):
        await _add_handover(uow, thread, to, change, by)
    _add_event(uow, thread, to, change)
    _show_on_thread(thread, to, change)
    if thread.channel_id in uow.channels:  # an agent may leave while a channel is out of service
        await place_session(uow, thread, is_new=isinstance(change, Opened | Reopened))
        uow.refresh_card(thread)
    return True


async def _write_session(
    uow: UnitOfWork, thread: Thread, to: AgentActor | None, change: Change
) -> bool:
    """Write the session's row by compare-and-set, and its new state on the thread."""
    agent_id = to.agent_id if to else None
    match change:
        case Opened():
            thread.session_id = await holders.open_session(uow.tx, thread, agent_id, uow.now)
            thread.session_count += 1
            thread.session_number, thread.session_since = thread.session_count, uow.now
            return True
        case Reopened(session_id):
            since = await holders.reopen_session(uow.tx, thread, session_id, agent_id, uow.now)
            if since is not None:
                thread.session_id, thread.session_number = session_id, thread.session_count
                thread.session_since = since
            return since is not None
        case Ended():
            return await holders.end_session(uow.tx, thread, uow.now)
    return thread.session_id is not None and await holders.assign_session(
        uow.tx, thread.session_id, agent_id, held_by=thread.holder_id, now=uow.now
    )


async def _count_new(uow: UnitOfWork, to: AgentActor | None) -> None:
    if to is not None and not isinstance(to, ReservedAgent):
        await holders.increment_active_sessions(uow.tx, to.agent_id, uow.now)


async def _uncount(uow: UnitOfWork, agent_id: AgentId | None) -> None:
    if agent_id is not None:
        await holders.decrement_active_sessions(uow.tx, agent_id)


async def _add_handover(
    uow: UnitOfWork, thread: Thread, to: AgentActor | None, change: HandedOver, by: Actor
) -> None:
    await holders.add_handover(
        uow.tx,
        thread,
        to=to.agent_id if to else None,
        by=by.agent_id,
        by_name=by.name,
        reason=change.reason,
        now=uow.now,
    )


def _add_event(uow: UnitOfWork, thread: Thread, to: AgentActor | None, change: Change) -> None:
    assert thread.session_id is not None  # noqa: S101 it was written
    session_id, former, agent_id = thread.session_id, thread.holder_id, to.agent_id if to else None
    where = thread.conversation_id, thread.channel_id
    match change:
        case Opened():
            uow.events.add(SessionOpened(session_id, *where, agent_id))
        case Reopened(_, held_by):
            uow.events.add(SessionReopened(session_id, held_by, agent_id))
        case Ended(is_silent):
            uow.events.add(SessionEnded(session_id, *where, former, is_silent))
        case _ if former is not None:
            by_ai = thread.is_held_by_ai
            uow.events.add(SessionTransferred(session_id, former, agent_id, by_ai))
        case _ if agent_id is not None:
            uow.events.add(SessionAssigned(session_id, agent_id, isinstance(change, HandedOver)))


def _show_on_thread(thread: Thread, to: AgentActor | None, change: Change) -> None:
    thread.holder_id, thread.holder_name = (to.agent_id, to.name) if to else (None, None)
    thread.is_held_by_ai = to is not None and to.kind is ActorKind.AI
    thread.snoozed_until = None
    if isinstance(change, Opened):
        thread.priority = Priority.NORMAL
    if isinstance(change, Ended):
        thread.priority = None
        thread.session_id = thread.session_number = thread.session_since = None


async def reserve_agent(
    uow: UnitOfWork,
    channel_id: ChannelId,
    *,
    exclude: AgentId | None = None,
    preferred: AgentId | None = None,
) -> ReservedAgent | None:
    """Reserve capacity with the agent who should get the next session; return None if all are busy.

    The `preferred` agent gets it if they have room. The capacity is taken by compare-and-set, so
    two workers never give away an agent's last free place.
    """
    live_since = uow.session_times.live_since(uow.now)
    has_desks = uow.channels.find_desk_bot(channel_id) is not None
    passed_over: set[AgentId] = {exclude} if exclude else set()
    while True:
        rows = await agents.list_online_agents(
            uow.tx, channel_id, live_since, with_own_chat=has_desks
        )
        found = (Candidate(*row) for row in rows)
        free = (each for each in found if each.agent_id not in passed_over)
        chosen = choose_agent(free, preferred)
        if chosen is None:
            return None
        if await holders.increment_active_sessions(
            uow.tx, chosen.agent_id, uow.now, seen=chosen.active_sessions
        ):
            return ReservedAgent(ActorKind.HUMAN, chosen.name, chosen.agent_id)
        passed_over.add(chosen.agent_id)


async def forget_session(uow: UnitOfWork, holder: AgentId | None) -> None:
    """Count an open session no longer for its holder, because it was deleted."""
    await _uncount(uow, holder)
