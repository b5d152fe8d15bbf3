"""Find in the sandbox's recorded calls when a customer's words became visible to staff. Pure."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sandbox.telegram.methods.table import RATE_LIMITED

_TOO_MANY_REQUESTS = 429
_TEXT = re.compile(r"rush (\d+) (\d+)\.")


def build_text(customer: int, message: int) -> str:
    """Build the text of a customer's message, which is found again by its numbers."""
    return f"rush {customer} {message}."


class Sightings:
    """The words that were seen in the staff's chats, and the calls until then."""

    def __init__(self, chats: Collection[int], *, after: int) -> None:
        """Count calls in these chats, from the one after number `after`."""
        self.last_seq = after
        # When the words of each message were seen first, in Unix seconds.
        self.seen: dict[tuple[str, str], float] = {}
        self.visible_calls = 0
        self.refused = 0
        self._chats = {str(each) for each in chats}

    def read(self, calls: Iterable[Mapping[str, Any]], wanted: int) -> None:
        """Read the next calls, until `wanted` messages were seen."""
        for call in calls:
            if len(self.seen) >= wanted:
                return
            self.last_seq = int(call["seq"])
            self.refused += call["error_code"] == _TOO_MANY_REQUESTS
            is_visible = call["method"] in RATE_LIMITED and str(call["chat_id"]) in self._chats
            if is_visible and call["ok"]:
                self.visible_calls += 1
                self._note_words(call)

    def _note_words(self, call: Mapping[str, Any]) -> None:
        for found in _TEXT.findall(str(call["params"].get("text", ""))):
            self.seen.setdefault(found, float(call["at"]))
