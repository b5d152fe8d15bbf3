"""What becomes of the sessions of an agent who is not there: offline, or away because of silence.

The channel's policy says whether they stay, and after how many minutes they go to others. The
customer is told who answers next if their channel wants that, and nothing else. Who is only busy or
away by choice keeps their sessions.
"""

from db.ids import AgentId
from db.queries.accounts.presence import read_absence
from db.queries.conversations import sessions
from db.queries.conversations.sessions import SessionRef
from db.queries.conversations.threads import Thread
from db.tables import AgentStatus, OfflinePolicy
from desk.actors import SYSTEM, Actor, AgentActor
from desk.conversations.assignment import assign_waiting
from desk.conversations.holders import HandedOver, change_holder, reserve_agent
from desk.conversations.introductions import tell_who_answers
from desk.conversations.notices import notify_topic
from desk.conversations.threads import find_thread
from desk.receiving.timers import Timer, set_timer
from desk.unit_of_work import UnitOfWork


async def leave_sessions(
    uow: UnitOfWork, agent: AgentActor, status: AgentStatus, *, by: Actor
) -> None:
    """Let go of an agent's sessions as their channels want it, at once or after a while."""
    for held in await sessions.list_held_by(uow.tx, agent.agent_id):
        thread = await _find_held(uow, agent.agent_id, held)
        if thread is None or _get_policy(uow, thread) is OfflinePolicy.KEEP:
            continue
        if delay := uow.channels[thread.channel_id].offline_delay:
            await set_timer(uow, thread, Timer.ABSENCE, uow.now + delay)
        else:
            await _release(uow, thread, status, by)


async def release_all(uow: UnitOfWork, agent: AgentActor, reason: str, *, by: Actor) -> None:
    """Give all sessions of an agent who is gone for good to others, or back to the queue."""
    for held in await sessions.list_held_by(uow.tx, agent.agent_id):
        thread = await _find_held(uow, agent.agent_id, held)
        if thread is not None:
            heir = await reserve_agent(uow, held.channel_id, exclude=agent.agent_id)
            handover = HandedOver(uow.text_for_staff(reason))
            if await change_holder(uow, thread, heir, handover, by=by):
                tell_who_answers(uow, thread)


async def handle_absence_timer(uow: UnitOfWork, thread: Thread) -> None:
    """Let go of a session whose agent has not come back in time."""
    if thread.holder_id is None or thread.is_held_by_ai:
        return
    absence = await read_absence(uow.tx, thread.holder_id)
    if not absence.is_absent or _get_policy(uow, thread) is OfflinePolicy.KEEP:
        return
    due = (absence.since or uow.now) + uow.channel_of(thread).offline_delay
    if uow.now < due:  # they were back for a while
        await set_timer(uow, thread, Timer.ABSENCE, due)
    elif await _release(uow, thread, absence.status, SYSTEM):
        await assign_waiting(uow)


async def _find_held(uow: UnitOfWork, agent_id: AgentId, held: SessionRef) -> Thread | None:
    thread = await find_thread(uow, held.conversation_id)
    return thread if thread is not None and thread.holder_id == agent_id else None


def _get_policy(uow: UnitOfWork, thread: Thread) -> OfflinePolicy:
    is_served = thread.channel_id in uow.channels
    return uow.channels[thread.channel_id].offline_policy if is_served else OfflinePolicy.KEEP


async def _release(uow: UnitOfWork, thread: Thread, status: AgentStatus, by: Actor) -> bool:
    """Give a session to an agent who has room, or back to the queue; return whether it went."""
    former, name = thread.holder_id, thread.holder_name
    heir = await reserve_agent(uow, thread.channel_id, exclude=former)
    if heir is None and _get_policy(uow, thread) is OfflinePolicy.PASS_ON:
        return False  # nobody can take it: a late answer is better than none
    reason = HandedOver(uow.text_for_staff(f"reason.{status.value}"))
    if not await change_holder(uow, thread, heir, reason, by=by):
        return False
    if heir is None:
        notify_topic(uow, thread, "absence.waits", former=name)
    else:
        key = "absence.introduced" if tell_who_answers(uow, thread) else "absence.passed_on"
        notify_topic(uow, thread, key, former=name, agent=heir.name)
    return True
