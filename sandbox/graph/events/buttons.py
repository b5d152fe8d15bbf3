"""Buttons and rows that a customer can press, and the messages that a press sends."""

from typing import Any

from sandbox.common.json_shapes import Json
from sandbox.graph.model.records import Message


def list_buttons(message: Message) -> list[Json]:
    """Return the buttons and rows of a message: kind, id and title of each."""
    content = message.content if isinstance(message.content, dict) else {}
    if message.kind == "template":
        shown = message.more.get("shown", {}).get("buttons", [])
        return [
            {"kind": "button", "id": one["payload"], "title": one["text"]}
            for one in shown
            if one["type"] == "QUICK_REPLY"
        ]
    action = content.get("action") or {}
    replies = [one["reply"] for one in action.get("buttons") or []]
    rows = [row for section in action.get("sections") or [] for row in section.get("rows") or []]
    return [{"kind": "button_reply", **one} for one in replies] + [
        {"kind": "list_reply", **one} for one in rows
    ]


def build_button_reply(message: Message, wanted: str) -> tuple[str, Any] | None:
    """Return kind and content of the message that a press sends; None without such a button."""
    for one in list_buttons(message):
        if wanted in {one["id"], one["title"]}:
            kind = one["kind"]
            if kind == "button":
                return kind, {"payload": one["id"], "text": one["title"]}
            reply = {name: value for name, value in one.items() if name != "kind"}
            return "interactive", {"type": kind, kind: reply}
    return None
