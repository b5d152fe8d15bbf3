"""Checks the objects and lists within a message's content, before all other checks."""

from typing import Any

from sandbox.common.json_shapes import Json
from sandbox.graph.model.errors import invalid

FILES = frozenset({"image", "video", "document"})
# The parameters of flows and links are not checked.
FREE = frozenset({"parameters"})
# kind of message: (keys that hold an object, keys that hold a list of objects)
STRUCTURE: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "interactive": (
        FILES | {"header", "body", "footer", "action", "reply"},
        frozenset({"buttons", "sections", "rows"}),
    ),
    "template": (
        FILES | {"language", "currency", "date_time", "location"},
        frozenset({"components", "parameters"}),
    ),
}


def check_structure(kind: str, content: Json) -> None:
    """Refuse a value that is not the required object or list of objects; None counts as missing."""
    objects, lists = STRUCTURE.get(kind, (frozenset(), frozenset()))
    for key, value in content.items():
        if key in lists:
            _check_list(kind, key, value)
        elif key in objects and value is not None:
            _check_object(kind, key, value)
        elif key not in {*objects, *FREE} and isinstance(value, list | dict):
            raise invalid(f"Param {kind}['{key}'] must be a string.")


def _check_list(kind: str, key: str, value: Any) -> None:
    if value is None:
        return
    if not isinstance(value, list):
        raise invalid(f"Param {kind}['{key}'] must be an array.")
    for one in value:
        _check_object(kind, key, one)


def _check_object(kind: str, key: str, value: Any) -> None:
    if not isinstance(value, dict):
        raise invalid(f"Param {kind}['{key}'] must be a JSON object.")
    check_structure(kind, value)
