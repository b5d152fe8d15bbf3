"""Collects what AI agents and rules did in each conversation: at the customer, at staff, stored."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from scripts.chaos.assistants.questions import find_answered_word, list_answered_words
from scripts.chaos.engines import Row
from scripts.chaos.message_log import Json, find_token
from scripts.chaos.stage import GROUP, Stage

_MESSAGES = (
    "SELECT id, conversation_id, session_id, message, sender_type, direction, author_name,"
    " delivery_state FROM messages WHERE direction <> 'internal' ORDER BY id"
)
_TURNS = (
    "SELECT id, conversation_id, state, action, mode, first_message_id, last_message_id,"
    " message_id FROM ai_turns ORDER BY id"
)
_LOGS = "SELECT id, conversation_id, action, mode FROM ai_conversation_logs ORDER BY id"
_FIRINGS = (
    "SELECT f.id, f.conversation_id, f.message_id, f.state, r.name FROM auto_reply_firings f"
    " JOIN auto_reply_rules r ON r.id = f.rule_id ORDER BY f.id"
)
_UNSURE_NOTICES = (
    "SELECT conversation_id FROM outbox WHERE kind = 'notice' AND state IN ('uncertain', 'failed')"
)
# A turn or a rule's answer that somebody still waits for.
OPEN = (
    "SELECT id FROM ai_turns WHERE state IN ('waiting', 'thinking')"
    " UNION ALL SELECT id FROM auto_reply_firings WHERE state = 'waiting'"
)

_UNSURE = {"uncertain", "failed", "held"}


@dataclass(slots=True)
class ConversationRecord:
    """One conversation; all rows are in the order in which they were written."""

    customer: str
    messages: list[Row] = field(default_factory=list)
    turns: list[Row] = field(default_factory=list)
    logs: list[Row] = field(default_factory=list)
    firings: list[Row] = field(default_factory=list)
    # Notices to the customer of which nobody knows whether they arrived.
    unsure_notices: int = 0
    # What the customer received, oldest first.
    heard: list[str] = field(default_factory=list)
    # The words of an AI agent's answers that staff received, some of them perhaps twice.
    shown: list[str] = field(default_factory=list)


async def collect_records(stage: Stage) -> list[ConversationRecord]:
    """Collect the records of all conversations in which a customer wrote."""
    rows = await stage.rows(_MESSAGES)
    records: dict[str, ConversationRecord] = {}
    for row in rows:
        token = find_token({"text": row["message"]})
        if token is not None and row["conversation_id"] not in records:
            customer = stage.customers[int(token[1:3])]
            chat = await customer.chat()
            heard = [each.text for each in chat if each.by_desk and each.has_arrived]
            records[row["conversation_id"]] = ConversationRecord(customer.name, heard=heard)
    _sort(records, rows, "messages")
    _sort(records, await stage.rows(_TURNS), "turns")
    _sort(records, await stage.rows(_LOGS), "logs")
    _sort(records, await stage.rows(_FIRINGS), "firings")
    for row in await stage.rows(_UNSURE_NOTICES):
        if row["conversation_id"] in records:
            records[row["conversation_id"]].unsure_notices += 1
    _add_shown(records, await stage.telegram.calls())
    return list(records.values())


def _sort(records: dict[str, ConversationRecord], rows: Iterable[Row], name: str) -> None:
    """Give each row to the record of its conversation."""
    for row in rows:
        if row["conversation_id"] in records:
            getattr(records[row["conversation_id"]], name).append(row)


def _add_shown(records: dict[str, ConversationRecord], calls: list[Json]) -> None:
    """Add the copies of answers in the staff group, by the words that they are about."""
    by_word = {
        word: record
        for record in records.values()
        for row in record.messages
        if (word := find_answered_word(row["message"] or "")) is not None
    }
    for call in calls:
        if not call["ok"] or call["chat_id"] != GROUP:
            continue
        for word in list_answered_words(str(call["params"].get("text") or "")):
            if word in by_word:
                by_word[word].shown.append(word)


def is_customers(row: Row) -> bool:
    """Check whether a customer wrote a message."""
    return bool(row["sender_type"] == "CLIENT")


def is_humans(row: Row) -> bool:
    """Check whether a human agent wrote a message to the customer; what may be a note is held."""
    is_agents = (row["sender_type"], row["direction"]) == ("CS", "outbound")
    return is_agents and row["delivery_state"] != "held"


def is_unsure(row: Row) -> bool:
    """Check whether nobody knows that a message was received, or it was refused."""
    return str(row["delivery_state"]) in _UNSURE


def tell_story(record: ConversationRecord) -> str:
    """Return what happened in a conversation, in the order in which it was written."""
    told = [
        *(
            (row["id"], f"{row['sender_type']} {(row['message'] or '')[:30]!r}")
            for row in record.messages
        ),
        *((row["id"], f"turn {row['state']} {row['action']}{_span(row)}") for row in record.turns),
        *((row["id"], f"log {row['action']}") for row in record.logs),
        *((row["id"], f"rule {row['name']} {row['state']}") for row in record.firings),
    ]
    return " | ".join(f"{each_id[6:14]} {words}" for each_id, words in sorted(told))


def _span(turn: Row) -> str:
    return f" {turn['first_message_id'][6:14]}-{turn['last_message_id'][6:14]}"
