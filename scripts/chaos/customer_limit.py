"""What a customer wrote over the limit: stored, not copied to staff, and summed up in the topic."""

import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from desk.texts import translate
from scripts.chaos.conversation_driver import find_topic
from scripts.chaos.engines import Row
from scripts.chaos.message_log import find_token, get_text
from scripts.chaos.stage import Stage

_HIDDEN = (
    "SELECT message, attributes, created_at FROM messages WHERE attributes LIKE '%over_limit%'"
)
_SUM = re.compile(
    re.escape(translate("en", "topic.more_messages", many=0)).replace("0", r"(\d+)", 1)
)
_MINUTE = len("2026-01-01 00:00")
# The timers at whose end the topic is told: a run is not over before them.
WAITING_SUMS = "SELECT id FROM inbox WHERE state = 'pending' AND lane LIKE 'timer:limit:%'"


@dataclass(slots=True)
class HiddenMessages:
    """The tokens of messages over the limit, and the sums that a topic should show, in words."""

    tokens: set[str] = field(default_factory=set)
    missing_sums: list[str] = field(default_factory=list)


async def find_hidden_messages(stage: Stage) -> HiddenMessages:
    """Find the messages over the limit, and compare them with the sums in the topics."""
    found = HiddenMessages()
    by_minute: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for row in await stage.rows(_HIDDEN):
        token = find_token({"text": row["message"]})
        if token is not None and _is_over_limit(row):
            found.tokens.add(token)
            by_minute[int(token[1:3])][str(row["created_at"])[:_MINUTE]] += 1
    for conversation, minutes in by_minute.items():
        shown = await _list_sums(stage, conversation)
        for minute, many in minutes.items():
            if many not in shown:
                found.missing_sums.append(
                    f"customer {conversation:02} wrote {many} over the limit at {minute}, and the "
                    f"topic shows {sorted(shown)}"
                )
    return found


def _is_over_limit(row: Row) -> bool:
    attributes = row["attributes"]
    kept = json.loads(attributes) if isinstance(attributes, str) else attributes
    return bool(kept.get("over_limit"))


async def _list_sums(stage: Stage, conversation: int) -> set[int]:
    """List the sums in a customer's topic; after a crash one may stand there twice."""
    topic = await find_topic(stage, conversation)
    texts = [get_text(each) for each in topic.messages] if topic else []
    return {int(match[1]) for each in texts if (match := _SUM.match(each))}
