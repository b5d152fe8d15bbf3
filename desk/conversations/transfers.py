"""Transfer sessions between agents by hand, and record who did it, why and when."""

from db.ids import SessionId
from db.queries.conversations.threads import Thread
from desk.actors import Actor, AgentActor
from desk.audit import add_entry
from desk.conversations.actions import SessionActionError, require_open
from desk.conversations.assignment import assign_waiting
from desk.conversations.holders import HandedOver, change_holder
from desk.conversations.notices import notify_agent, notify_topic
from desk.conversations.placing import has_desk
from desk.unit_of_work import UnitOfWork


async def assign(
    uow: UnitOfWork,
    thread: Thread,
    session_id: SessionId,
    to: AgentActor,
    *,
    by: Actor,
    reason: str | None,
) -> None:
    """Assign an open session to an agent, held or not; raise SessionActionError if not possible.

    As with a claim, an agent may be assigned more sessions than their capacity by hand.
    """
    await require_new_holder(uow, thread, session_id, to)
    await _give(uow, thread, to, by=by, reason=reason, action="session.assign")


async def transfer(
    uow: UnitOfWork,
    thread: Thread,
    session_id: SessionId,
    to: AgentActor,
    *,
    by: Actor,
    reason: str,
) -> None:
    """Transfer a held session to another agent; raise SessionActionError if not possible."""
    await require_new_holder(uow, thread, session_id, to)
    if thread.holder_id is None:
        raise SessionActionError("no agent holds this session: claim it first")
    await _give(uow, thread, to, by=by, reason=reason, action="session.transfer")


async def require_new_holder(
    uow: UnitOfWork, thread: Thread, session_id: SessionId, to: AgentActor
) -> None:
    """Raise SessionActionError unless the open session can go to this agent."""
    require_open(thread, session_id)
    if thread.holder_id == to.agent_id:
        raise SessionActionError(f"{to.name} has this session already")
    if not await has_desk(uow, thread.channel_id, to):
        raise SessionActionError(
            f"{to.name} would not see this session: they have not started the staff bot, or have"
            " blocked it. Ask them to send it /start"
        )


async def _give(
    uow: UnitOfWork,
    thread: Thread,
    to: AgentActor,
    *,
    by: Actor,
    reason: str | None,
    action: str,
) -> None:
    former, giver = thread.holder_id, thread.holder_name
    if not await change_holder(uow, thread, to, HandedOver(reason), by=by):
        raise SessionActionError("this session was changed at the same time: load it again")
    # The reason is left out: the log is kept for ever, and a reason may describe the customer.
    add_entry(uow, by, action, str(thread.session_id), {"from": former, "to": to.agent_id})
    uow.notify_customer(thread, "customer.assigned", agent=to.name)
    number = thread.session_number
    if former is None:
        notify_topic(uow, thread, "topic.assigned", by=by.name, agent=to.name, more=reason)
    else:
        names = {"by": by.name, "giver": giver, "agent": to.name}
        notify_topic(uow, thread, "topic.transferred", **names, more=reason)
        taken_key = "agent.session_taken"
        await notify_agent(uow, thread, former, taken_key, by=by, number=number, agent=to.name)
    given_key = "agent.session_given"
    await notify_agent(uow, thread, to.agent_id, given_key, by=by, number=number, more=reason)
    await assign_waiting(uow)
