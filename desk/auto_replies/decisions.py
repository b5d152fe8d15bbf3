"""Decide which rules answer a customer's message, and when; pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from db.ids import SessionId
from db.queries.auto_replies import Firing
from db.tables import AutoReplyRule, FiringState, RuleMatch
from desk.auto_replies.matching import InvalidPatternError, matches_pattern, matches_words

# All rules together answer one customer at most so often: two programs may talk to each other.
MAX_IN_CONVERSATION = 10
CONVERSATION_PERIOD = timedelta(minutes=10)
# No rule has a longer period of its own.
MAX_LIMIT_MINUTES = 24 * 60


class Outcome(StrEnum):
    """What a rule does with a message, and why not more."""

    ANSWERS = "answers"
    NO_MATCH = "no_match"
    OTHER_LANGUAGE = "other_language"
    # A rule before it answered, and ends there.
    STOPPED = "stopped"
    # Its answer to an earlier message waits still.
    WAITS_ALREADY = "waits_already"
    ONCE_PER_SESSION = "once_per_session"
    LIMIT = "limit"
    BROKEN_PATTERN = "broken_pattern"


@dataclass(frozen=True, slots=True)
class Trigger:
    """A customer's message, with what rules ask about it."""

    text: str
    # The customer's language, such as "id"; None: nobody knows it.
    language: str | None
    is_first: bool
    is_outside_hours: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """What one rule does with a message; `due_at` is set if it answers."""

    rule: AutoReplyRule
    outcome: Outcome
    due_at: datetime | None = None


def decide(
    rules: Sequence[AutoReplyRule],
    trigger: Trigger,
    past: Sequence[Firing],
    session_id: SessionId | None,
    now: datetime,
) -> list[Decision]:
    """Decide for each rule, in this order; `past` are the answers so far.

    A rule that may not answer again ends nothing: the rules behind it are tried.
    """
    decided: list[Decision] = []
    is_stopped = False
    total = _count_since(past, now - CONVERSATION_PERIOD)
    for rule in rules:
        outcome = _find_outcome(rule, trigger)
        # Whether somebody answers is asked later, whatever rules say until then.
        is_later = rule.match_kind is RuleMatch.UNANSWERED
        if outcome is Outcome.ANSWERS:
            if is_stopped and not is_later:
                outcome = Outcome.STOPPED
            elif total >= MAX_IN_CONVERSATION:
                outcome = Outcome.LIMIT
            else:
                outcome = _check_limits(rule, past, session_id, now)
        if outcome is not Outcome.ANSWERS:
            decided.append(Decision(rule, outcome))
            continue
        total += 1
        is_stopped = is_stopped or not (rule.goes_on or is_later)
        decided.append(Decision(rule, outcome, now + timedelta(seconds=rule.delay_seconds)))
    return decided


def _find_outcome(rule: AutoReplyRule, trigger: Trigger) -> Outcome:
    if rule.languages and trigger.language not in rule.languages:
        return Outcome.OTHER_LANGUAGE
    match rule.match_kind:
        case RuleMatch.FIRST_MESSAGE:
            is_match = trigger.is_first
        case RuleMatch.OUTSIDE_HOURS:
            is_match = trigger.is_outside_hours
        case RuleMatch.UNANSWERED:
            is_match = True
        case RuleMatch.PATTERN:
            try:
                is_match = matches_pattern(rule.pattern or "", trigger.text)
            except InvalidPatternError:
                return Outcome.BROKEN_PATTERN
        case _:
            is_match = matches_words(rule.match_kind, rule.trigger_keywords, trigger.text)
    return Outcome.ANSWERS if is_match else Outcome.NO_MATCH


def _check_limits(
    rule: AutoReplyRule, past: Sequence[Firing], session_id: SessionId | None, now: datetime
) -> Outcome:
    own = [
        each for each in past if each.rule_id == rule.id and each.state is not FiringState.CANCELLED
    ]
    if any(each.state is FiringState.WAITING for each in own):
        return Outcome.WAITS_ALREADY
    if rule.is_once_per_session and any(each.session_id == session_id for each in own):
        return Outcome.ONCE_PER_SESSION
    if _count_since(own, now - timedelta(minutes=rule.limit_minutes)) >= rule.limit_count:
        return Outcome.LIMIT
    return Outcome.ANSWERS


def _count_since(past: Sequence[Firing], since: datetime) -> int:
    return sum(each.due_at > since and each.state is not FiringState.CANCELLED for each in past)
