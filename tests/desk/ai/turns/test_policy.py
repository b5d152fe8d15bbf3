"""Whether and when an AI agent answers, and what becomes of what it thought."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from db.content import Content
from db.ids import AiTurnId
from db.tables import AiMode, AiTakeover
from desk.ai.turns.confidence import estimate_confidence
from desk.ai.turns.offers import Choice, Chose, WantsPerson, build_buttons, read_choice
from desk.ai.turns.policy import (
    Finish,
    Holder,
    LetGo,
    Situation,
    StartAt,
    StaySilent,
    decide_finish,
    decide_start,
    extend_burst,
)
from desk.ai.turns.words import asks_for_person, find_keyword, is_complaint
from desk.session_times import TurnTimes

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
TIMES = TurnTimes()
SOON = NOW + TIMES.quiet
MINUTE = timedelta(minutes=1)
FIVE = 5 * MINUTE
AI_HOLDS = Situation(
    takeover=AiTakeover.IMMEDIATE,
    wait=FIVE,
    mode=AiMode.AUTOMATIC,
    is_available=True,
    holder=Holder.AI,
    handed_over_at=None,
    last_human_at=None,
    unanswered_since=NOW,
)
HUMAN_HOLDS = replace(AI_HOLDS, holder=Holder.HUMAN)
NOBODY_HOLDS = replace(AI_HOLDS, holder=Holder.NOBODY)


@pytest.mark.parametrize(
    ("situation", "decision"),
    [
        (AI_HOLDS, StartAt(SOON)),
        (NOBODY_HOLDS, StartAt(SOON)),
        # A human wrote on the linked phone.
        (replace(AI_HOLDS, last_human_at=NOW - MINUTE), StartAt(NOW + 4 * MINUTE)),
        (replace(HUMAN_HOLDS, last_human_at=NOW - MINUTE), StartAt(NOW + 4 * MINUTE)),
        (replace(HUMAN_HOLDS, last_human_at=NOW - 6 * MINUTE), StartAt(SOON)),
        # A human took the session and has not written yet.
        (HUMAN_HOLDS, StartAt(NOW + FIVE)),
        (replace(HUMAN_HOLDS, unanswered_since=NOW - FIVE), StartAt(SOON)),
        # A human was called.
        (replace(NOBODY_HOLDS, handed_over_at=NOW - FIVE), StaySilent()),
        (replace(HUMAN_HOLDS, handed_over_at=NOW - 9 * MINUTE), StaySilent()),
        (
            replace(HUMAN_HOLDS, handed_over_at=NOW - 9 * MINUTE, last_human_at=NOW - 6 * MINUTE),
            StartAt(SOON),
        ),
        (
            replace(HUMAN_HOLDS, handed_over_at=NOW - 6 * MINUTE, last_human_at=NOW - 9 * MINUTE),
            StaySilent(),
        ),
        # They answered in the transaction that called them.
        (
            replace(HUMAN_HOLDS, handed_over_at=NOW - 6 * MINUTE, last_human_at=NOW - 6 * MINUTE),
            StartAt(SOON),
        ),
        # Only when no human answered.
        (replace(HUMAN_HOLDS, takeover=AiTakeover.DELAYED), StartAt(NOW + FIVE)),
        (replace(NOBODY_HOLDS, takeover=AiTakeover.DELAYED), StartAt(NOW + FIVE)),
        (replace(AI_HOLDS, takeover=AiTakeover.DELAYED), StartAt(SOON)),
        # Off, or not there.
        (replace(HUMAN_HOLDS, takeover=AiTakeover.OFF), StaySilent()),
        (replace(HUMAN_HOLDS, mode=AiMode.OFF), StaySilent()),
        (replace(NOBODY_HOLDS, is_available=False), StaySilent()),
        (replace(AI_HOLDS, takeover=AiTakeover.OFF), LetGo()),
        (replace(AI_HOLDS, mode=AiMode.OFF), LetGo()),
        (replace(AI_HOLDS, is_available=False), LetGo()),
        # Suggestions need nobody's silence.
        (
            replace(HUMAN_HOLDS, mode=AiMode.SUGGEST, last_human_at=NOW, handed_over_at=NOW),
            StartAt(SOON),
        ),
        (replace(AI_HOLDS, mode=AiMode.SUGGEST), LetGo()),
    ],
)
def test_when_it_answers(situation: Situation, decision: object) -> None:
    assert decide_start(situation, NOW, TIMES) == decision


def test_a_burst_is_waited_for_but_not_for_ever() -> None:
    seconds = timedelta(seconds=1)
    assert extend_burst(SOON, NOW, NOW + seconds, TIMES) == NOW + 2.5 * seconds
    assert extend_burst(SOON, NOW, NOW + 30 * seconds, TIMES) == NOW + 6 * seconds
    later = NOW + FIVE
    assert extend_burst(later, NOW, NOW + seconds, TIMES) == later


@pytest.mark.parametrize(
    ("has_newer", "rounds", "left", "finish"),
    [
        (False, 1, 10, Finish.SPEAK),
        (True, 1, 10, Finish.THINK_AGAIN),
        (True, 1, 2, Finish.SPEAK_AND_GO_ON),
        (True, 2, 10, Finish.SPEAK_AND_GO_ON),
    ],
)
def test_what_becomes_of_a_thought(has_newer: bool, rounds: int, left: int, finish: Finish) -> None:
    deadline = NOW + timedelta(seconds=left)
    decided = decide_finish(
        has_newer=has_newer, rounds=rounds, deadline_at=deadline, now=NOW, times=TIMES
    )
    assert decided is finish


@pytest.mark.parametrize(
    "text",
    [
        "person",
        "a person please",
        "Human!",
        "petugas",
        "cs",
        "mau petugas dong",
        "can I talk to a human?",
        "please connect me with an agent",
        "I need a real person",
        "I want to speak to someone",
        "tolong hubungkan saya dengan petugas",
        "bicara dengan orang",
    ],
)
def test_who_asks_for_a_person(text: str) -> None:
    assert asks_for_person(text)


@pytest.mark.parametrize(
    "text",
    [
        "a table for one person",
        "how many people work there?",
        "untuk 2 orang berapa?",
        "I am a real estate agent",
        "human rights book, do you have it?",
        "",
    ],
)
def test_who_does_not_ask_for_a_person(text: str) -> None:
    assert not asks_for_person(text)


def test_a_bad_mood_and_keywords() -> None:
    assert is_complaint("This is USELESS and you ARE LATE AGAIN")
    assert is_complaint("saya sangat kecewa")
    assert is_complaint("where is it!!!")
    assert not is_complaint("What is the price, please?")
    assert find_keyword("I learn C++ and Go", ["rust", "c++"]) == "c++"
    assert find_keyword("refunds", ["refund"]) is None


OFFERS = [{"passage": "p1", "title": "Opening hours"}, {"passage": "p2", "title": "Prices"}]
TURN = AiTurnId("01KAPQ4M6Q9Y0JX7T0ZV3F9B2D")


@pytest.mark.parametrize(
    ("content", "choice"),
    [
        (Content(text="Prices", attributes={"choice": f"ask:{TURN}:2"}), Chose("p2", "Prices")),
        (Content(text="1"), Chose("p1", "Opening hours")),
        (Content(text="2."), Chose("p2", "Prices")),
        (Content(text="opening HOURS"), Chose("p1", "Opening hours")),
        (Content(text="3"), WantsPerson()),
        (Content(text="x", attributes={"choice": f"ask:{TURN}:person"}), WantsPerson()),
        (Content(text="4"), None),
        (Content(text="0"), None),
        (Content(text="²"), None),
        (Content(text="x", attributes={"choice": f"ask:{TURN}:9"}), None),
        (Content(text="x", attributes={"choice": "ask:another:1"}), None),
        (Content(text="x", attributes={"choice": 7}), None),
        (Content(), None),
    ],
)
def test_what_is_chosen(content: Content, choice: Choice | None) -> None:
    assert read_choice(content, TURN, OFFERS) == choice


def test_the_buttons_of_an_offer_fit() -> None:
    offers = [{"passage": "p", "title": "long " * 40}]
    rows = build_buttons(TURN, offers, "A person")
    assert [len(row[0]["text"]) <= 60 for row in rows] == [True, True]
    assert all(len(row[0]["data"].encode()) <= 64 for row in rows)


def test_confidence_counts_true_quotes_most() -> None:
    assert estimate_confidence(1, 1, 1) == 1
    assert estimate_confidence(0, 0, 9) == 0.25
    assert estimate_confidence(0.2, 1, 0.9) > 0.7
    assert estimate_confidence(0.9, 0, 0.9) < 0.5
