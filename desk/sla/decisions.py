"""Decide how a customer's wait goes on: pure functions over what is stored of its session."""

from dataclasses import replace
from datetime import datetime

from db.queries.conversations.answer_waits import AnswerWait, TimedSession
from db.tables import SessionStatus, SlaState, SlaTarget
from desk.business_hours import Hours, add_business_time
from desk.channels import AnswerTargets

_ANSWERED = {SlaState.MET, SlaState.MISSED}


def decide(
    session: TimedSession, targets: AnswerTargets, hours: Hours | None, now: datetime
) -> AnswerWait | None:
    """Return a session's wait as it is from now on; None if nothing changes."""
    wait, waits = session.wait, _is_waiting(session)
    if wait is not None and wait.is_running:
        return None if waits else _finish(session, wait, now)
    if not waits:
        return None
    if wait is not None and _has_answer_failed(session, wait):
        return _advance_from(wait, now)
    return _begin(session, targets, hours, now)


def advance(wait: AnswerWait, now: datetime) -> AnswerWait | None:
    """Return a running wait as time alone changes it; None if it does not."""
    if wait.state is not SlaState.BREACHED and now >= wait.due_at:
        return replace(wait, state=SlaState.BREACHED)
    if wait.state is SlaState.RUNNING and wait.warn_at is not None and now >= wait.warn_at:
        return replace(wait, state=SlaState.WARNED)
    return None


def find_next_moment(wait: AnswerWait) -> datetime | None:
    """Return when time changes a wait next; None: never."""
    match wait.state:
        case SlaState.RUNNING:
            return wait.warn_at or wait.due_at
        case SlaState.WARNED:
            return wait.due_at
    return None


def _is_waiting(session: TimedSession) -> bool:
    """Check whether somebody should answer now: nobody should while a session is put aside."""
    is_open = session.status is SessionStatus.ACTIVE and session.snoozed_until is None
    return is_open and session.unanswered_since is not None


def _has_answer_failed(session: TimedSession, wait: AnswerWait) -> bool:
    """Check whether what ended a wait was no answer after all: it could not be delivered."""
    asked_at = session.unanswered_since
    return wait.state in _ANSWERED and asked_at is not None and wait.since >= asked_at


def _begin(
    session: TimedSession, targets: AnswerTargets, hours: Hours | None, now: datetime
) -> AnswerWait | None:
    is_first = session.first_answer_at is None
    target = SlaTarget.FIRST if is_first else SlaTarget.NEXT
    within = targets.first if is_first else targets.next
    due_at = add_business_time(hours, now, within) if within else None
    if due_at is None:
        return None
    warn_after = within * targets.warning_percent / 100
    warn_at = add_business_time(hours, now, warn_after) if warn_after else None
    return AnswerWait(target, SlaState.RUNNING, now, warn_at, due_at)


def _finish(session: TimedSession, wait: AnswerWait, now: datetime) -> AnswerWait:
    if session.unanswered_since is not None:
        return replace(wait, state=SlaState.STOPPED)
    return replace(wait, state=SlaState.MISSED if is_late(wait, now) else SlaState.MET)


def is_late(wait: AnswerWait, now: datetime) -> bool:
    """Check whether a wait that ends now has missed its target, also if no timer has said so."""
    return wait.state is SlaState.BREACHED or now > wait.due_at


def _advance_from(wait: AnswerWait, now: datetime) -> AnswerWait:
    """Return a wait that goes on, as it would be if it had never been answered."""
    running = replace(wait, state=SlaState.RUNNING)
    return advance(running, now) or running
