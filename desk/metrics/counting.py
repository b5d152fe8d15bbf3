"""Count the figures of one session, step by step: pure functions over its row.

Each step happens at a time, and takes the channel's hours where business seconds come of it.
"""

from dataclasses import dataclass
from datetime import datetime

from db.ids import AgentId
from db.queries.metrics.figures import SessionFigures
from db.tables import SenderType
from desk.actors import ActorKind
from desk.business_hours import Hours, count_business_seconds

CUSTOMER = ActorKind.CUSTOMER.sender_type
HUMAN = ActorKind.HUMAN.sender_type
AI = ActorKind.AI.sender_type
RULE = ActorKind.RULE.sender_type


@dataclass(frozen=True, slots=True)
class _Wait:
    """A time that passed, in seconds, and in seconds of it in business hours."""

    seconds: float
    business: float


def set_holder(
    figures: SessionFigures, agent_id: AgentId | None, at: datetime, hours: Hours | None
) -> None:
    """Set who holds the session; None: it waits."""
    figures.agent_id = agent_id
    if agent_id is not None:
        set_first_held(figures, at, hours)


def set_first_held(figures: SessionFigures, at: datetime, hours: Hours | None) -> None:
    """Set when an agent held the session first, unless it is set."""
    if figures.first_held_at is None:
        figures.first_held_at = at
        _set_waiting(figures, at, hours)


def end(figures: SessionFigures, at: datetime, hours: Hours | None) -> None:
    """End the session."""
    figures.ended_at = at
    taken = _measure(figures.opened_at, at, hours)
    figures.resolution_seconds = taken.seconds
    figures.resolution_business_seconds = taken.business
    if figures.first_held_at is None:
        _set_waiting(figures, at, hours)


def reopen(
    figures: SessionFigures, agent_id: AgentId | None, at: datetime, hours: Hours | None
) -> None:
    """Reopen the session for an agent; without one it waits."""
    figures.reopen_count += 1
    figures.ended_at = None
    figures.resolution_seconds = figures.resolution_business_seconds = None
    if figures.first_held_at is None:
        figures.waiting_seconds = figures.waiting_business_seconds = None
    set_holder(figures, agent_id, at, hours)


def count_message(
    figures: SessionFigures,
    sender: SenderType,
    author_id: AgentId | None,
    at: datetime,
    hours: Hours | None,
) -> None:
    """Count a message of the customer, or an answer; none is older than those before."""
    figures.last_message_at = at
    if sender is CUSTOMER:
        figures.inbound_count += 1
        figures.first_inbound_at = figures.first_inbound_at or at
        figures.unanswered_since = figures.unanswered_since or at
        return
    _count_answer(figures, sender)
    if figures.first_inbound_at is None:
        return  # it answers nothing
    _set_first(figures, sender, author_id, at, hours)
    if sender is not RULE and figures.unanswered_since is not None:
        _end_wait(figures, at, _measure(figures.unanswered_since, at, hours))


def _count_answer(figures: SessionFigures, sender: SenderType) -> None:
    if sender is HUMAN:
        figures.human_count += 1
    elif sender is AI:
        figures.ai_count += 1
    else:
        figures.rule_count += 1


def _set_first(
    figures: SessionFigures,
    sender: SenderType,
    author_id: AgentId | None,
    at: datetime,
    hours: Hours | None,
) -> None:
    """Set the first answer by a human, by an AI agent, or by a rule."""
    asked_at = figures.first_inbound_at
    assert asked_at is not None  # noqa: S101 checked by the caller
    if sender is HUMAN and figures.first_human_at is None:
        wait = _measure(asked_at, at, hours)
        figures.first_human_at, figures.first_human_by_id = at, author_id
        figures.first_human_seconds = wait.seconds
        figures.first_human_business_seconds = wait.business
    elif sender is AI and figures.first_ai_at is None:
        figures.first_ai_at = at
        figures.first_ai_seconds = (at - asked_at).total_seconds()
    elif sender is RULE and figures.first_rule_at is None:
        figures.first_rule_at = at
        figures.first_rule_seconds = (at - asked_at).total_seconds()


def _end_wait(figures: SessionFigures, at: datetime, wait: _Wait) -> None:
    """Somebody answers the customer, for the first time or again."""
    figures.unanswered_since = None
    if figures.first_answer_at is None:
        figures.first_answer_at = at
        figures.first_answer_seconds = wait.seconds
        figures.first_answer_business_seconds = wait.business
        return
    figures.next_answer_count += 1
    figures.next_answer_seconds_sum += wait.seconds
    figures.next_answer_seconds_max = max(figures.next_answer_seconds_max or 0.0, wait.seconds)
    figures.next_answer_business_sum += wait.business
    figures.next_answer_business_max = max(figures.next_answer_business_max or 0.0, wait.business)


def _set_waiting(figures: SessionFigures, at: datetime, hours: Hours | None) -> None:
    waited = _measure(figures.opened_at, at, hours)
    figures.waiting_seconds, figures.waiting_business_seconds = waited.seconds, waited.business


def _measure(begin: datetime, end: datetime, hours: Hours | None) -> _Wait:
    return _Wait((end - begin).total_seconds(), count_business_seconds(hours, begin, end))
