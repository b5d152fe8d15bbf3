"""Buttons below a message: reply buttons, a list, or numbered lines where neither has room."""

from collections.abc import Sequence
from typing import Any

from bridge.cloud.sending.payloads import shortened
from desk.formatting.splitting import utf16_length
from desk.unit_of_work import Buttons

BODY_LIMIT = 1024
_MOST_BUTTONS, _BUTTON = 3, 20
_MOST_ROWS, _ROW, _DESCRIPTION = 10, 24, 72
_BUTTON_ID, _ROW_ID = 256, 200


def choices(body: str, buttons: Buttons, *, label: str) -> dict[str, Any] | None:
    """Build the content of an interactive message; None: numbered lines say it better.

    `label` is what opens a list; at most 20 characters of it are used.
    """
    flat = [each for row in buttons for each in row]
    if not flat or not 0 < utf16_length(body) <= BODY_LIMIT or _alike(flat):
        return None
    if len(flat) <= _MOST_BUTTONS and _fit(flat, _BUTTON, _BUTTON_ID):
        replies = [
            {"type": "reply", "reply": {"id": each["data"], "title": each["text"].strip()}}
            for each in flat
        ]
        return {"type": "button", "body": {"text": body}, "action": {"buttons": replies}}
    if len(flat) <= _MOST_ROWS and _fit(flat, _DESCRIPTION, _ROW_ID):
        rows = [_row(each) for each in flat]
        action = {"button": shortened(label, _BUTTON), "sections": [{"rows": rows}]}
        return {"type": "list", "body": {"text": body}, "action": action}
    return None


def numbered(buttons: Buttons) -> str:
    """Write buttons as numbered lines."""
    flat = [each["text"] for row in buttons for each in row]
    return "\n".join(f"{place}. {words}" for place, words in enumerate(flat, 1))


def _row(button: dict[str, str]) -> dict[str, str]:
    title = button["text"].strip()
    row = {"id": button["data"], "title": shortened(title, _ROW)}
    return row if row["title"] == title else {**row, "description": title}


def _fit(buttons: Sequence[dict[str, str]], words: int, data: int) -> bool:
    return all(
        0 < utf16_length(each["text"].strip()) <= words and 0 < len(each["data"]) <= data
        for each in buttons
    )


def _alike(buttons: Sequence[dict[str, str]]) -> bool:
    """Tell whether two say or mean the same, which WhatsApp refuses."""
    texts = {each["text"].strip() for each in buttons}
    return min(len(texts), len({each["data"] for each in buttons})) < len(buttons)
