"""Values of columns as a person types them in the studio."""

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Enum, Float, Integer

from db.types import UtcDateTime

_TRUE, _FALSE = {"true", "1", "yes"}, {"false", "0", "no"}


class ValueRefusedError(Exception):
    """A text is no value of a column; the message says what it should look like."""


def parse_value(column: Column[Any], text: str) -> Any:
    """Return the value that a text means in a column; raise ValueRefusedError."""
    try:
        return _parse(column, text)
    except ValueError:
        looks = _describe(column)
        raise ValueRefusedError(f"{column.name} must look like {looks}") from None


def format_for_editing(value: Any) -> str:
    """Return a value as `parse_value` reads it."""
    match value:
        case datetime():
            return value.isoformat()
        case dict() | list():
            return json.dumps(value, ensure_ascii=False, indent=1)
        case bool():
            return str(value).lower()
        case _:
            return str(value)


def _parse(column: Column[Any], text: str) -> Any:
    kind, word = column.type, text.strip()
    if isinstance(kind, Boolean):
        if word.lower() not in _TRUE | _FALSE:
            raise ValueError
        return word.lower() in _TRUE
    if isinstance(kind, Integer):
        return int(word)
    if isinstance(kind, Float):
        return float(word)
    if isinstance(kind, UtcDateTime):
        at = datetime.fromisoformat(word)
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    if isinstance(kind, JSON):
        return json.loads(word)
    if isinstance(kind, Enum):
        if word not in kind.enums:
            raise ValueError
        return kind.enum_class(word) if kind.enum_class else word
    return text.replace("\r\n", "\n")


def _describe(column: Column[Any]) -> str:
    kind = column.type
    if isinstance(kind, Enum):
        return " or ".join(kind.enums)
    looks = {
        Boolean: "true or false",
        Integer: "a whole number",
        Float: "a number",
        UtcDateTime: "2026-01-05T09:00:00+00:00",
        JSON: "JSON",
    }
    return next((words for each, words in looks.items() if isinstance(kind, each)), "a text")
