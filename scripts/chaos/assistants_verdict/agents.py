"""Judges AI agents: one answer for each turn, nobody talked over, no question lost."""

from collections import Counter
from collections.abc import Iterator

from scripts.chaos.assistants.questions import find_answered_word
from scripts.chaos.assistants_verdict.records import (
    ConversationRecord,
    is_customers,
    is_humans,
    is_unsure,
)
from scripts.chaos.engines import Row

SPOKEN = ("answer", "clarify", "offer")
CALLED = ("handover", "failed")
# How the desk begins to tell a customer that a person answers.
_HANDED_OVER = "I am passing "


def _list_answers(record: ConversationRecord) -> list[Row]:
    return [row for row in record.messages if row["sender_type"] == "AI"]


def find_lost_turns(record: ConversationRecord) -> Iterator[str]:
    """Find turns without an end, and turns that spoke without a message."""
    answers = {row["id"] for row in _list_answers(record)}
    for turn in record.turns:
        if turn["state"] in {"waiting", "thinking"}:
            yield f"turn {turn['id']} is still open"
        elif turn["action"] in SPOKEN and turn["message_id"] not in answers:
            yield f"turn {turn['id']} answered without a message"


def find_lost_answers(record: ConversationRecord) -> Iterator[str]:
    """Find answers that the customer or staff never received."""
    heard = {find_answered_word(text) for text in record.heard}
    for row in _list_answers(record):
        word = find_answered_word(row["message"])
        if not is_unsure(row) and word not in heard:
            yield f"the answer {row['id']} ({word}) is not in the chat"
        if word not in record.shown:
            yield f"the answer {row['id']} ({word}) is not in the topic"


def find_lost_questions(record: ConversationRecord) -> Iterator[str]:
    """Find questions to which nobody reacted, though no person had been called."""
    fired = {row["message_id"] for row in record.firings if row["name"] != "silence"}
    for row in record.messages:
        if not is_customers(row) or row["id"] in fired:
            continue
        is_covered = any(
            turn["first_message_id"] <= row["id"] <= turn["last_message_id"]
            for turn in record.turns
        )
        is_called = _was_person_called(record, row["id"]) or _is_person_called(record, row["id"])
        if not is_covered and not is_called:
            yield f"nobody reacted to {row['id']} ({row['message']!r})"


def _was_person_called(record: ConversationRecord, message_id: str) -> bool:
    """Check whether a person had been called before a message, and had not answered."""
    calls = [log["id"] for log in record.logs if log["action"] in CALLED and log["id"] < message_id]
    return bool(calls) and not any(
        is_humans(row) and calls[-1] < row["id"] < message_id for row in record.messages
    )


def _is_person_called(record: ConversationRecord, message_id: str) -> bool:
    """Check whether a person was called right after a message, as in the same transaction."""
    later = sorted(
        [
            *((log["id"], log["action"]) for log in record.logs if log["id"] > message_id),
            *((turn["id"], "turn") for turn in record.turns if turn["id"] > message_id),
        ]
    )
    return bool(later) and later[0][1] in CALLED


def find_doubled_answers(record: ConversationRecord) -> Iterator[str]:
    """Find questions that were answered twice, and answers that belong to no turn."""
    words = Counter(word for text in record.heard if (word := find_answered_word(text)))
    for word, many in words.items():
        if many > 1:
            yield f"the customer received the answer about {word} {many} times"
    turns = Counter(turn["message_id"] for turn in record.turns if turn["action"] in SPOKEN)
    stored = set()
    for row in _list_answers(record):
        stored.add(find_answered_word(row["message"]))
        if turns[row["id"]] != 1:
            yield f"the answer {row['id']} belongs to {turns[row['id']]} turns"
    for word in words.keys() - stored:
        yield f"the customer received an answer about {word} that is not stored"


def find_repeated_handovers(record: ConversationRecord) -> Iterator[str]:
    """Find customers who were told more often that a person answers than one was called."""
    told = sum(text.startswith(_HANDED_OVER) for text in record.heard)
    called = sum(log["action"] in CALLED for log in record.logs)
    if told > called:
        yield f"told {told} times that a person answers, but called {called} times"


def find_untold_handovers(record: ConversationRecord) -> Iterator[str]:
    """Find customers for whom a person was called, and who were not told."""
    told = sum(text.startswith(_HANDED_OVER) for text in record.heard)
    called = sum(log["action"] in CALLED for log in record.logs)
    if told < called - record.unsure_notices:
        yield f"told {told} times that a person answers, but called {called} times"


def find_disorder(record: ConversationRecord) -> Iterator[str]:
    """Find answers that stand before the answer to an earlier question."""
    stored = [find_answered_word(row["message"]) for row in _list_answers(record)]
    heard = list(dict.fromkeys(filter(None, map(find_answered_word, record.heard))))
    expected = [word for word in stored if word in heard]
    if expected != [word for word in heard if word in stored]:
        yield f"answers came as {heard}, not as {expected}"


def find_talked_over(record: ConversationRecord) -> Iterator[str]:
    """Find answers of the AI agent after which a human had answered the same question."""
    turns = {turn["message_id"]: turn for turn in record.turns if turn["message_id"]}
    for row in _list_answers(record):
        turn = turns.get(row["id"])
        if turn is None:
            continue
        for other in record.messages:
            if is_humans(other) and turn["first_message_id"] < other["id"] < row["id"]:
                yield f"the answer {row['id']} came after the human's {other['id']}"
