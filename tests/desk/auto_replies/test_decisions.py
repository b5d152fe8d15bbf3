"""Which rules answer: order, languages, limits, and where a rule ends."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from db.ids import AutoReplyRuleId, ChannelId, MessageId, RuleFiringId, SessionId
from db.queries.auto_replies import Firing
from db.tables import AutoReplyRule, FiringState, RuleMatch
from desk.auto_replies.decisions import MAX_IN_CONVERSATION, Outcome, Trigger, decide

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SESSION = SessionId("S2")
HI = Trigger("hi there", "en", is_first=False, is_outside_hours=False)


def rule(name: str = "a", **values: Any) -> AutoReplyRule:
    known = {"match_kind": RuleMatch.WORD, "trigger_keywords": ["hi"], "languages": [], **values}
    return AutoReplyRule(
        id=AutoReplyRuleId(name), channel_id=ChannelId("C"), name=name, reply_message="!", **known
    )


def fired(
    minutes_ago: float,
    *,
    by: str = "a",
    session: str = SESSION,
    state: FiringState = FiringState.SENT,
) -> Firing:
    return Firing(
        RuleFiringId("F"),
        AutoReplyRuleId(by),
        SessionId(session),
        MessageId("M"),
        state,
        NOW - timedelta(minutes=minutes_ago),
    )


def outcomes(
    *rules: AutoReplyRule, trigger: Trigger = HI, past: tuple[Firing, ...] = ()
) -> list[Outcome]:
    return [each.outcome for each in decide(rules, trigger, past, SESSION, NOW)]


def test_the_first_that_matches_ends_unless_it_goes_on() -> None:
    assert outcomes(rule("a"), rule("b")) == [Outcome.ANSWERS, Outcome.STOPPED]
    assert outcomes(rule("a", goes_on=True), rule("b")) == [Outcome.ANSWERS] * 2
    other = rule("a", trigger_keywords=["bye"])
    assert outcomes(other, rule("b")) == [Outcome.NO_MATCH, Outcome.ANSWERS]


def test_a_rule_that_may_not_answer_ends_nothing() -> None:
    once = rule("a", is_once_per_session=True)
    assert outcomes(once, rule("b"), past=(fired(1),)) == [
        Outcome.ONCE_PER_SESSION,
        Outcome.ANSWERS,
    ]


def test_whether_nobody_answers_is_asked_beside_the_other_rules() -> None:
    later = rule("b", match_kind=RuleMatch.UNANSWERED, delay_seconds=300)
    decided = decide([rule("a"), later], HI, (), SESSION, NOW)
    assert [each.due_at for each in decided] == [NOW, NOW + timedelta(minutes=5)]
    assert outcomes(later, rule("c")) == [Outcome.ANSWERS] * 2


@pytest.mark.parametrize(
    ("values", "trigger", "expected"),
    [
        ({"languages": ["id"]}, HI, Outcome.OTHER_LANGUAGE),
        ({"languages": ["en", "id"]}, HI, Outcome.ANSWERS),
        ({"match_kind": RuleMatch.FIRST_MESSAGE}, HI, Outcome.NO_MATCH),
        ({"match_kind": RuleMatch.OUTSIDE_HOURS}, HI, Outcome.NO_MATCH),
        (
            {"match_kind": RuleMatch.FIRST_MESSAGE},
            Trigger("", None, is_first=True, is_outside_hours=False),
            Outcome.ANSWERS,
        ),
        (
            {"match_kind": RuleMatch.OUTSIDE_HOURS},
            Trigger("", None, is_first=False, is_outside_hours=True),
            Outcome.ANSWERS,
        ),
        (
            {"languages": ["id"]},
            Trigger("hi", None, is_first=True, is_outside_hours=False),
            Outcome.OTHER_LANGUAGE,
        ),
        ({"match_kind": RuleMatch.PATTERN, "pattern": "^HI"}, HI, Outcome.ANSWERS),
        ({"match_kind": RuleMatch.PATTERN, "pattern": "("}, HI, Outcome.BROKEN_PATTERN),
    ],
)
def test_each_kind_of_rule(values: dict[str, Any], trigger: Trigger, expected: Outcome) -> None:
    assert outcomes(rule(**values), trigger=trigger) == [expected]


CANCELLED, WAITING = FiringState.CANCELLED, FiringState.WAITING


@pytest.mark.parametrize(
    ("values", "past", "expected"),
    [
        ({"is_once_per_session": True}, [fired(1, session="S1")], Outcome.ANSWERS),
        ({"is_once_per_session": True}, [fired(1, state=CANCELLED)], Outcome.ANSWERS),
        ({"limit_count": 2}, [fired(1)], Outcome.ANSWERS),
        ({"limit_count": 2}, [fired(1), fired(2)], Outcome.LIMIT),
        ({"limit_count": 2, "limit_minutes": 2}, [fired(1), fired(2)], Outcome.ANSWERS),
        ({"limit_count": 1}, [fired(1, by="b")], Outcome.ANSWERS),
        ({}, [fired(-1, state=WAITING)], Outcome.WAITS_ALREADY),
        ({"limit_count": 10}, [fired(1, by="b")] * MAX_IN_CONVERSATION, Outcome.LIMIT),
        ({"limit_count": 10}, [fired(11, by="b")] * MAX_IN_CONVERSATION, Outcome.ANSWERS),
    ],
)
def test_limits(values: dict[str, Any], past: list[Firing], expected: Outcome) -> None:
    assert outcomes(rule(**values), past=tuple(past)) == [expected]
