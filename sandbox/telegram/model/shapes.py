"""The JSON shapes of the Bot API are plain dictionaries: they are stored and sent as they are."""

import json
from typing import Any

Json = dict[str, Any]

# One encoder for all: `json.dumps` with separators would build a new one on every call.
encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


class Encoded(str):
    """A result that is JSON text already and goes into the reply as it is."""

    __slots__ = ()


def utf16_length(text: str) -> int:
    """Return the length of `text` in UTF-16 code units, the unit of all of Telegram's offsets."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def without_empty(fields: Json) -> Json:
    """Return `fields` without those that are None, which the Bot API leaves out."""
    return {name: value for name, value in fields.items() if value is not None}
