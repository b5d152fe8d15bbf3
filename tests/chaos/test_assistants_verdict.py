"""The verdict about AI agents and rules finds every violation, and reports nothing else."""

from collections.abc import Callable
from typing import Any

import pytest

from scripts.chaos.assistants.questions import (
    ANSWER,
    LATER,
    NOW,
    RULE_WORDS,
    WORD,
    build_question,
    build_word,
    find_answered_word,
    list_answered_words,
)
from scripts.chaos.assistants.setup import RULES
from scripts.chaos.assistants_verdict.records import ConversationRecord
from scripts.chaos.assistants_verdict.verdict import AssistantVerdict, judge_assistants, sum_up

ONE, TWO = "u07-0001", "u07-0002"
RULE_TEXT = {rule.name: rule.text for rule in RULES}


def said(token: str) -> str:
    return ANSWER.format(echo=build_word(token))


def message(number: int, sender: str, text: str, **more: Any) -> dict[str, Any]:
    state = "received" if sender == "CLIENT" else "sent"
    direction = "inbound" if sender == "CLIENT" else "outbound"
    known = {"author_name": None, "delivery_state": state, "direction": direction}
    return {**known, "id": f"m{number}", "sender_type": sender, "message": text, **more}


def turn(first: int, last: int, action: str, answer: int | None = None) -> dict[str, Any]:
    state = "dropped" if action == "dropped" else "done"
    return {
        "id": f"t{first}",
        "state": state,
        "action": action,
        "first_message_id": f"m{first}",
        "last_message_id": f"m{last}",
        "message_id": None if answer is None else f"m{answer}",
    }


def firing(number: int, name: str, about: int, state: str = "sent") -> dict[str, Any]:
    return {"id": f"f{number}", "name": name, "message_id": f"m{about}", "state": state}


def answered() -> ConversationRecord:
    """A conversation in which the agent answered two questions, and a rule a third."""
    return ConversationRecord(
        "Ann",
        messages=[
            message(1, "CLIENT", f"{ONE} about {build_word(ONE)}"),
            message(2, "AI", said(ONE)),
            message(3, "CLIENT", f"{TWO} about {build_word(TWO)} {NOW}"),
            message(4, "SYSTEM", RULE_TEXT["now"], author_name="now"),
            message(5, "AI", said(TWO)),
        ],
        turns=[turn(1, 1, "clarify", 2), turn(3, 3, "clarify", 5)],
        logs=[{"id": "m21", "action": "clarify"}, {"id": "m51", "action": "clarify"}],
        firings=[
            firing(1, "silence", 1, "cancelled"),
            firing(2, "silence", 3, "cancelled"),
            firing(3, "now", 3),
        ],
        heard=["hello", said(ONE), RULE_TEXT["now"], said(TWO)],
        shown=[build_word(ONE), build_word(TWO)],
    )


def judged(change: Callable[[ConversationRecord], object]) -> AssistantVerdict:
    record = answered()
    change(record)
    return judge_assistants([record])


def test_what_was_answered_once_in_order_is_good() -> None:
    verdict = judge_assistants([answered()])
    assert verdict.violations == []
    assert (verdict.questions, verdict.turns, verdict.answered, verdict.by_rules) == (2, 2, 2, 1)
    assert sum_up([verdict, verdict]).turns == 4


def leave_open(record: ConversationRecord) -> None:
    record.turns[1] |= {"state": "thinking", "action": None, "message_id": None}
    del record.messages[4], record.heard[3]


def hand_over(record: ConversationRecord, *, told: int) -> None:
    """Let the second question call a person, of whom the customer is told so often."""
    record.turns[1] |= {"action": "handover", "message_id": None}
    record.logs[1]["action"] = "handover"
    del record.messages[4], record.shown[1]
    record.heard[3:] = ["I am passing this to a colleague."] * told
    record.firings[1]["state"] = "sent"
    record.messages.append(message(6, "SYSTEM", RULE_TEXT["silence"], author_name="silence"))
    record.heard.append(RULE_TEXT["silence"])


def let_a_human_answer(record: ConversationRecord) -> None:
    record.messages.insert(3, message(31, "CS", "d07-0001 text"))
    record.messages[4]["id"], record.messages[5]["id"] = "m4", "m5"


def fire_late(record: ConversationRecord) -> None:
    """Let a delayed rule answer after a human had answered."""
    record.messages[2]["message"] += f" {LATER}"
    record.firings.append(firing(4, "later", 3))
    record.messages.append(message(6, "CS", "d07-0001 text"))
    record.messages.append(message(7, "SYSTEM", RULE_TEXT["later"], author_name="later"))
    record.heard.append(RULE_TEXT["later"])


@pytest.mark.parametrize(
    ("change", "figure"),
    [
        (leave_open, "lost"),
        (lambda record: record.heard.remove(said(TWO)), "lost"),
        (lambda record: record.shown.pop(), "lost"),
        (lambda record: record.turns.pop(0), "lost"),
        (lambda record: record.heard.remove(RULE_TEXT["now"]), "lost"),
        (lambda record: record.firings.pop(), "lost"),
        (lambda record: record.firings[2].update(state="waiting"), "lost"),
        (lambda record: hand_over(record, told=0), "lost"),
        (lambda record: hand_over(record, told=2), "doubled"),
        (lambda record: record.heard.append(said(ONE)), "doubled"),
        (lambda record: record.heard.append(said("u07-0009")), "doubled"),
        (lambda record: record.turns.append(turn(4, 4, "clarify", 5)), "doubled"),
        (lambda record: record.heard.append(RULE_TEXT["now"]), "doubled"),
        (lambda record: record.firings.append(firing(9, "now", 3)), "doubled"),
        (lambda record: record.heard.reverse(), "out_of_order"),
        (let_a_human_answer, "talked_over"),
        (fire_late, "talked_over"),
    ],
)
def test_each_violation_is_found(
    change: Callable[[ConversationRecord], object], figure: str
) -> None:
    verdict = judged(change)
    assert getattr(verdict, figure) > 0, verdict.violations
    assert verdict.violations[0].partition(":")[2].startswith(" Ann: ")


def test_what_nobody_can_know_is_no_violation() -> None:
    def be_uncertain(record: ConversationRecord) -> None:
        record.messages[4]["delivery_state"] = "uncertain"
        record.heard.remove(said(TWO))

    assert judged(be_uncertain).violations == []
    assert judged(lambda record: hand_over(record, told=1)).violations == []

    def lose_the_notice(record: ConversationRecord) -> None:
        hand_over(record, told=0)
        record.unsure_notices = 1

    assert judged(lose_the_notice).violations == []


def test_nobody_needs_to_react_while_a_person_is_called() -> None:
    def go_on(record: ConversationRecord) -> None:
        hand_over(record, told=1)
        record.logs[1]["id"] = "m35"
        record.messages.append(message(7, "CLIENT", "u07-0003 text"))
        record.firings.append(firing(7, "silence", 7))
        record.messages.append(message(8, "SYSTEM", RULE_TEXT["silence"], author_name="silence"))
        record.heard.append(RULE_TEXT["silence"])

    assert judged(go_on).violations == []

    def call_in_the_same_moment(record: ConversationRecord) -> None:
        go_on(record)
        record.logs[1]["id"] = "m71"

    assert judged(call_in_the_same_moment).violations == []


def test_words_say_which_question_is_meant() -> None:
    word = build_word(ONE)
    assert WORD.findall(f"{ONE} about {word}") == [word]
    assert build_word(ONE) < build_word(TWO)
    assert find_answered_word(f"🤖\nAria: {said(ONE)}") == word
    assert find_answered_word("What do you mean?") is None
    assert list_answered_words(f"{said(ONE)}\n{said(TWO)}") == [word, build_word(TWO)]
    texts = [build_question(ONE, luck / 100) for luck in range(100)]
    assert all(text.startswith(f"{ONE} tell me about {word}") for text in texts)
    assert {text.split()[-1] for text in texts} == {word, *RULE_WORDS.values()}
