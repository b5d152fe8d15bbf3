"""Checks interactive messages: up to three reply buttons, a list of up to ten rows, and others."""

from collections.abc import Callable

from sandbox.common.json_shapes import Json
from sandbox.graph.model.errors import missing_content, wrong_content

BUTTONS = 3
ROWS = 10
TYPES = frozenset({"button", "list", "cta_url", "flow", "location_request_message"})
HEADERS = frozenset({"text", "image", "video", "document"})


def check_interactive(content: Json, check_media: Callable[[str, Json], None]) -> None:
    """Refuse a message without a body, with too many buttons or rows, or with too long titles."""
    kind = content.get("type")
    if kind not in TYPES:
        raise wrong_content(f"interactive type is one of {', '.join(sorted(TYPES))}")
    _text(content, "body", 1024 if kind != "list" else 4096, needed=True)
    _text(content, "footer", 60, needed=False)
    _header(content.get("header"), check_media)
    action = content.get("action")
    if not isinstance(action, dict):
        raise missing_content("Parameter 'action' is mandatory for type 'interactive'")
    if kind == "button":
        _buttons(action)
    elif kind == "list":
        _list(action)
    elif not action.get("name"):
        raise missing_content("Parameter 'name' is mandatory for the action")


def _text(content: Json, part: str, limit: int, *, needed: bool) -> None:
    value = content.get(part)
    if value is None and not needed:
        return
    text = value.get("text") if isinstance(value, dict) else None
    if not isinstance(text, str) or not text:
        raise missing_content(f"Parameter '{part}' is mandatory for type 'interactive'")
    if len(text) > limit:
        raise wrong_content(
            f"{part.capitalize()} text length invalid. Min length: 1, Max length: {limit}"
        )


def _header(header: Json | None, check_media: Callable[[str, Json], None]) -> None:
    if header is None:
        return
    kind = header.get("type")
    if kind not in HEADERS:
        raise wrong_content(f"header type is one of {', '.join(sorted(HEADERS))}")
    if not header.get(kind):
        raise missing_content(f"Parameter '{kind}' is mandatory for the header")
    if kind == "text":
        _length("Header text", header["text"], 60)
    else:
        check_media(kind, header[kind])


def _length(what: str, text: object, limit: int) -> None:
    if not isinstance(text, str) or not 1 <= len(text) <= limit:
        raise wrong_content(f"{what} length invalid. Min length: 1, Max length: {limit}")


def _buttons(action: Json) -> None:
    buttons = action.get("buttons")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= BUTTONS:
        raise wrong_content(
            f"Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: {BUTTONS}"
        )
    replies = [one.get("reply") or {} for one in buttons]
    for button, reply in zip(buttons, replies, strict=True):
        if button.get("type") != "reply":
            raise wrong_content("A button's type is reply")
        _length("Button title", reply.get("title"), 20)
        _length("Button id", reply.get("id"), 256)
    _check_unique(
        "button", [[reply["title"] for reply in replies], [reply["id"] for reply in replies]]
    )


def _check_unique(what: str, columns: list[list[str]]) -> None:
    if any(len(set(column)) != len(column) for column in columns):
        raise wrong_content(f"Titles and ids of a message's {what}s must be unlike")


def _list(action: Json) -> None:
    _length("Button text", action.get("button"), 20)
    sections = action.get("sections")
    if not isinstance(sections, list) or not 1 <= len(sections) <= ROWS:
        raise wrong_content(
            f"Invalid sections count. Min allowed sections: 1, Max allowed sections: {ROWS}"
        )
    rows: list[Json] = []
    for section in sections:
        if len(sections) > 1:
            _length("Section title", section.get("title"), 24)
        rows += section.get("rows") or []
    if not 1 <= len(rows) <= ROWS:
        raise wrong_content(f"Total row count exceed max allowed count: {ROWS}")
    for row in rows:
        _length("Row title", row.get("title"), 24)
        _length("Row id", row.get("id"), 200)
        if "description" in row:
            _length("Row description", row["description"] or "-", 72)
    _check_unique("row", [[row["id"] for row in rows]])
