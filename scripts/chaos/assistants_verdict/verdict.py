"""Judges what AI agents and rules did, from the records of all conversations."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields

from scripts.chaos.assistants_verdict.agents import (
    CALLED,
    SPOKEN,
    find_disorder,
    find_doubled_answers,
    find_lost_answers,
    find_lost_questions,
    find_lost_turns,
    find_repeated_handovers,
    find_talked_over,
    find_untold_handovers,
)
from scripts.chaos.assistants_verdict.records import ConversationRecord, is_customers, tell_story
from scripts.chaos.assistants_verdict.rules import (
    find_doubled_rule_answers,
    find_lost_rule_answers,
    find_talking_rules,
)

_JUDGES: tuple[tuple[Callable[[ConversationRecord], Iterator[str]], str], ...] = (
    (find_lost_turns, "lost"),
    (find_lost_answers, "lost"),
    (find_lost_questions, "lost"),
    (find_lost_rule_answers, "lost"),
    (find_untold_handovers, "lost"),
    (find_doubled_answers, "doubled"),
    (find_doubled_rule_answers, "doubled"),
    (find_repeated_handovers, "doubled"),
    (find_disorder, "out_of_order"),
    (find_talked_over, "talked_over"),
    (find_talking_rules, "talked_over"),
)


@dataclass(slots=True)
class AssistantVerdict:
    """The figures of AI agents and rules, and a sentence for every violation."""

    questions: int = 0
    turns: int = 0
    answered: int = 0
    handed_over: int = 0
    overtaken: int = 0
    by_rules: int = 0
    rules_cancelled: int = 0
    lost: int = 0
    doubled: int = 0
    out_of_order: int = 0
    talked_over: int = 0
    violations: list[str] = field(default_factory=list)


def judge_assistants(records: Iterable[ConversationRecord]) -> AssistantVerdict:
    """Compare what customers and staff received with turns, logs and rules."""
    verdict = AssistantVerdict()
    for record in records:
        _count(verdict, record)
        known = len(verdict.violations)
        for judge, name in _JUDGES:
            for violation in judge(record):
                setattr(verdict, name, getattr(verdict, name) + 1)
                words = name.replace("_", " ")
                verdict.violations.append(f"{words}: {record.customer}: {violation}")
        if len(verdict.violations) > known:
            verdict.violations[-1] += f"; what happened: {tell_story(record)}"
    return verdict


def _count(verdict: AssistantVerdict, record: ConversationRecord) -> None:
    verdict.questions += sum(is_customers(row) for row in record.messages)
    verdict.turns += len(record.turns)
    verdict.answered += sum(row["action"] in SPOKEN for row in record.turns)
    verdict.handed_over += sum(row["action"] in CALLED for row in record.turns)
    verdict.overtaken += sum(row["action"] == "dropped" for row in record.turns)
    verdict.by_rules += sum(row["state"] == "sent" for row in record.firings)
    verdict.rules_cancelled += sum(row["state"] == "cancelled" for row in record.firings)


def sum_up(verdicts: Iterable[AssistantVerdict]) -> AssistantVerdict:
    """Return the sums of the figures of several runs."""
    total = AssistantVerdict()
    for verdict in verdicts:
        for each in fields(AssistantVerdict):
            setattr(total, each.name, getattr(total, each.name) + getattr(verdict, each.name))
    return total
