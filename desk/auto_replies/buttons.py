"""Buttons below a rule's answer, and what a customer means who answers their number.

Where a chat has no buttons, the choices stand below the text as numbered lines.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from db.queues.payloads import Buttons
from db.tables import AutoReplyRule
from desk.content import Content

_CHOICES = "choices"
_PREFIX = "rule"


def build_buttons(rule: AutoReplyRule) -> Buttons | None:
    """Build the buttons of a rule's answer, one in each row."""
    return [
        [{"text": words, "data": f"{_PREFIX}:{rule.id}:{number}"}]
        for number, words in enumerate(rule.reply_buttons, 1)
    ] or None


def add_choices(content: Content, words: Sequence[str]) -> Content:
    """Note in a message which choices stand below it."""
    if not words:
        return content
    return replace(content, attributes={**(content.attributes or {}), _CHOICES: list(words)})


def read_choice(text: str, attributes: Mapping[str, Any] | None) -> str | None:
    """Return the words of the choice whose number a customer wrote, below a message of ours.

    `attributes` are those of that message.
    """
    choices = (attributes or {}).get(_CHOICES) or []
    number = text.strip().rstrip(".)")
    if not (number.isascii() and number.isdecimal() and 1 <= int(number[:3]) <= len(choices)):
        return None
    return str(choices[int(number[:3]) - 1])
