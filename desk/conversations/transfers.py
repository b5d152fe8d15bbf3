"""Sessions go from one agent to another by somebody's hand, and it is kept who, why and when."""

from db.ids import SessionId
from db.queries.accounts import agents
from db.queries.accounts.accounts import BoundAgent
from db.queries.conversations import sessions
from db.queries.conversations.handovers import add_handover
from db.queries.conversations.threads import Thread
from db.tables import OutboxKind
from desk.audit import note
from desk.content import Content
from desk.conversations.actions import SteeringError, must_be_open
from desk.conversations.assignment import give_out_waiting
from desk.conversations.notices import tell_agent, tell_topic
from desk.unit_of_work import Desk


async def assign(
    desk: Desk,
    thread: Thread,
    session_id: SessionId,
    to: BoundAgent,
    *,
    by: BoundAgent,
    reason: str | None,
) -> None:
    """Give an open session to an agent, whoever holds it; raises SteeringError.

    As with a claim, more than an agent's capacity may be given by hand.
    """
    _must_be_new(thread, session_id, to)
    await _hand_over(desk, thread, to, by=by, reason=reason, action="session.assign")


async def transfer(
    desk: Desk,
    thread: Thread,
    session_id: SessionId,
    to: BoundAgent,
    *,
    by: BoundAgent,
    reason: str,
) -> None:
    """Hand a session that somebody holds to another agent; raises SteeringError."""
    _must_be_new(thread, session_id, to)
    if thread.cs_id is None:
        raise SteeringError("nobody holds this session: claim it first")
    await _hand_over(desk, thread, to, by=by, reason=reason, action="session.transfer")


def _must_be_new(thread: Thread, session_id: SessionId, to: BoundAgent) -> None:
    must_be_open(thread, session_id)
    if thread.cs_id == to.agent_id:
        raise SteeringError(f"{to.name} has this session already")


async def _hand_over(
    desk: Desk,
    thread: Thread,
    to: BoundAgent,
    *,
    by: BoundAgent,
    reason: str | None,
    action: str,
) -> None:
    assert thread.session_id is not None  # noqa: S101 it was looked at
    session_id, former, giver = thread.session_id, thread.cs_id, thread.cs_name
    if not await sessions.assign_session(desk.tx, session_id, to.agent_id, held_by=former):
        raise SteeringError("somebody changed this session just now: read it again")
    await add_handover(desk.tx, thread, to=to.agent_id, by=by.agent_id, reason=reason, now=desk.now)
    if former is None:
        desk.events.session_assigned(session_id, to.agent_id)
    else:
        await agents.decrement_active_sessions(desk.tx, former)
        desk.events.session_transferred(session_id, frm=former, to=to.agent_id)
    await agents.increment_active_sessions(desk.tx, to.agent_id, desk.now)
    thread.cs_id, thread.cs_name = to.agent_id, to.name
    # Without the reason: the log is kept for ever, and a reason may speak of the customer.
    note(desk, by, action, session_id, {"from": former, "to": to.agent_id})
    desk.refresh_card(thread)
    _tell_customer(desk, thread, to)
    number = thread.session_number
    if former is None:
        tell_topic(desk, thread, "topic.assigned", by=by.name, agent=to.name, more=reason)
    else:
        names = {"by": by.name, "giver": giver, "agent": to.name}
        tell_topic(desk, thread, "topic.transferred", **names, more=reason)
        away = "agent.session_taken"
        await tell_agent(desk, thread, former, away, by=by, number=number, agent=to.name)
    given = "agent.session_given"
    await tell_agent(desk, thread, to.agent_id, given, by=by, number=number, more=reason)
    await give_out_waiting(desk)


def _tell_customer(desk: Desk, thread: Thread, to: BoundAgent) -> None:
    text = desk.for_customer(thread, "customer.assigned", agent=to.name)
    desk.to_customer(thread, OutboxKind.NOTICE, {"content": Content(text=text).to_json()})
