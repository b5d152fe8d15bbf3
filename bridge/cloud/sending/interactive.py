"""Build buttons below a message: reply buttons, a list, or numbered lines if neither fits."""

from collections.abc import Sequence
from typing import Any

from bridge.cloud.sending.payloads import shorten
from db.queues.payloads import Buttons
from desk.formatting.splitting import utf16_length

BODY_LIMIT = 1024
_MAX_BUTTONS, _MAX_BUTTON_TITLE = 3, 20
_MAX_ROWS, _MAX_ROW_TITLE, _MAX_ROW_DESCRIPTION = 10, 24, 72
_MAX_BUTTON_ID, _MAX_ROW_ID = 256, 200


def build_interactive(body: str, buttons: Buttons, *, label: str) -> dict[str, Any] | None:
    """Build the content of an interactive message, or return None if it needs numbered lines.

    `label` is the text that opens a list; at most 20 characters of it are used.
    """
    flat = [each for row in buttons for each in row]
    if not flat or not 0 < utf16_length(body) <= BODY_LIMIT or _has_duplicates(flat):
        return None
    if len(flat) <= _MAX_BUTTONS and _fits_limits(flat, _MAX_BUTTON_TITLE, _MAX_BUTTON_ID):
        replies = [
            {"type": "reply", "reply": {"id": each["data"], "title": each["text"].strip()}}
            for each in flat
        ]
        return {"type": "button", "body": {"text": body}, "action": {"buttons": replies}}
    if len(flat) <= _MAX_ROWS and _fits_limits(flat, _MAX_ROW_DESCRIPTION, _MAX_ROW_ID):
        rows = [_build_row(each) for each in flat]
        action = {"button": shorten(label, _MAX_BUTTON_TITLE), "sections": [{"rows": rows}]}
        return {"type": "list", "body": {"text": body}, "action": action}
    return None


def _build_row(button: dict[str, str]) -> dict[str, str]:
    title = button["text"].strip()
    row = {"id": button["data"], "title": shorten(title, _MAX_ROW_TITLE)}
    return row if row["title"] == title else {**row, "description": title}


def _fits_limits(buttons: Sequence[dict[str, str]], words: int, data: int) -> bool:
    return all(
        0 < utf16_length(each["text"].strip()) <= words and 0 < len(each["data"]) <= data
        for each in buttons
    )


def _has_duplicates(buttons: Sequence[dict[str, str]]) -> bool:
    """Check whether two buttons have the same text or data, which WhatsApp refuses."""
    texts = {each["text"].strip() for each in buttons}
    return min(len(texts), len({each["data"] for each in buttons})) < len(buttons)
