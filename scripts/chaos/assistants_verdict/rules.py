"""Judges auto-reply rules: each answers once what it has to, and never after a human."""

from collections import Counter
from collections.abc import Iterator

from scripts.chaos.assistants.setup import RULES, PlannedRule
from scripts.chaos.assistants_verdict.records import (
    ConversationRecord,
    is_customers,
    is_humans,
    is_unsure,
)
from scripts.chaos.engines import Row

# All rules together answer one customer so often (desk/auto_replies/decisions.py).
_MOST_RULES = 10


def find_lost_rule_answers(record: ConversationRecord) -> Iterator[str]:
    """Find rules that did not answer though they had to, and answers that did not arrive."""
    for rule in RULES:
        firings = [row for row in record.firings if row["name"] == rule.name]
        for firing in firings:
            if firing["state"] == "waiting":
                yield f"the rule {rule.name} still waits ({firing['id']})"
            if firing["state"] == "cancelled" and not _is_answered(record, rule, firing):
                yield f"the rule {rule.name} was cancelled by nobody ({firing['id']})"
        yield from _find_missing_firings(record, rule, firings)
        sent = _list_rule_messages(record, rule)
        if len(sent) < sum(row["state"] == "sent" for row in firings):
            yield f"the rule {rule.name} answered without a message"
        sure = sum(not is_unsure(row) for row in sent)
        if record.heard.count(rule.text) < sure:
            yield f"the rule {rule.name} answered {sure} times, and the customer got fewer"


def _find_missing_firings(
    record: ConversationRecord, rule: PlannedRule, firings: list[Row]
) -> Iterator[str]:
    """Find messages with the word of a rule that did not make it answer."""
    fired = {row["message_id"] for row in firings}
    for row in record.messages:
        if not is_customers(row) or (rule.word and rule.word not in row["message"]):
            continue
        before = [each for each in record.firings if each["message_id"] < row["id"]]
        waits = rule.delay_seconds and any(each["name"] == rule.name for each in before)
        if row["id"] not in fired and not waits and len(before) < _MOST_RULES - len(RULES):
            yield f"the rule {rule.name} did not see {row['id']}"


def _is_answered(record: ConversationRecord, rule: PlannedRule, firing: Row) -> bool:
    senders = {"CS"} if rule.word else {"CS", "AI"}
    return any(
        row["sender_type"] in senders and row["id"] > firing["message_id"]
        for row in record.messages
    )


def _list_rule_messages(record: ConversationRecord, rule: PlannedRule) -> list[Row]:
    return [
        row
        for row in record.messages
        if row["sender_type"] == "SYSTEM" and row["author_name"] == rule.name
    ]


def find_doubled_rule_answers(record: ConversationRecord) -> Iterator[str]:
    """Find messages that a rule answered twice."""
    once = Counter((row["name"], row["message_id"]) for row in record.firings)
    for (name, message_id), many in once.items():
        if many > 1:
            yield f"the rule {name} fired {many} times for {message_id}"
    for rule in RULES:
        sent = len(_list_rule_messages(record, rule))
        due = sum(row["name"] == rule.name and row["state"] == "sent" for row in record.firings)
        if sent > due or record.heard.count(rule.text) > due:
            heard = record.heard.count(rule.text)
            yield f"the rule {rule.name} answered {due} times: {sent} messages, {heard} received"


def find_talking_rules(record: ConversationRecord) -> Iterator[str]:
    """Find answers of delayed rules after which a human had answered already."""
    for rule in RULES:
        if not rule.delay_seconds:
            continue
        firings = [
            row for row in record.firings if row["name"] == rule.name and row["state"] == "sent"
        ]
        for firing, sent in zip(firings, _list_rule_messages(record, rule), strict=False):
            for row in record.messages:
                if is_humans(row) and firing["message_id"] < row["id"] < sent["id"]:
                    yield f"the rule {rule.name} answered {sent['id']} after a human"
