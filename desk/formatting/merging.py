"""Merge several short texts into one sent message; in the database they stay separate."""

from collections.abc import Iterable
from typing import Any

from db.tables import MessageType
from desk.content import Content
from desk.formatting.splitting import utf16_length

_SEPARATOR = "\n"


def join_lines(contents: Iterable[Content]) -> Content:
    """Join texts line by line, however long they are."""
    contents = list(contents)
    total = sum(utf16_length(each.text or "") + len(_SEPARATOR) for each in contents)
    return merge_texts(contents, total)[0]


def merge_texts(contents: Iterable[Content], limit: int) -> tuple[Content, int]:
    """Merge texts line by line, as many as fit into `limit` UTF-16 code units.

    Returns the merged text with its entities, and how many texts it holds; the first is always in
    it.
    """
    text, length, taken = "", 0, 0
    entities: list[dict[str, Any]] = []
    for content in contents:
        words = content.text or ""
        gap = len(_SEPARATOR) if taken else 0
        if taken and length + gap + utf16_length(words) > limit:
            break
        text += (_SEPARATOR if taken else "") + words
        start = length + gap
        entities += [{**each, "offset": each["offset"] + start} for each in content.entities or ()]
        length, taken = start + utf16_length(words), taken + 1
    return Content(type=MessageType.TEXT, text=text, entities=entities or None), taken
