"""Finds the entities that Telegram adds itself: commands, mentions, links, hashtags, phones."""

import re

from sandbox.common.json_shapes import Json
from sandbox.telegram.model.shapes import utf16_length

_ENTITY = re.compile(
    r"(?P<url>https?://[^\s<>\"]+[^\s<>\".,;:!?)\]'])"
    r"|(?P<email>[\w.+-]+@[\w-]+\.[\w.-]*\w)"
    r"|(?P<bot_command>(?<![\w/@<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/@]))"
    r"|(?P<mention>(?<![\w@/])@[A-Za-z][A-Za-z0-9_]{2,31})"
    r"|(?P<hashtag>(?<![\w#])#[^\W\d]\w{0,255})"
    r"|(?P<cashtag>(?<![\w$])\$[A-Z]{3,8}(?![\w$]))"
    r"|(?P<phone_number>(?<![\w+])\+\d[\d -]{7,14}\d(?!\w))"
    r"|(?P<host>(?<![\w@./-])(?:[a-zA-Z0-9-]+\.)+(?:com|org|net|io|dev|me|info|id|de|eu|app)"
    r"(?:/[^\s<>\"]*[^\s<>\".,;:!?)\]'])?(?![\w@]))"
)
# A text without any of these characters has no such entities.
_SIGNS = re.compile(r"[/@#$.+]")


def find_entities(text: str) -> list[Json]:
    """Return the entities of a text, in order, with offsets in UTF-16 units."""
    if _SIGNS.search(text) is None:
        return []
    found: list[Json] = []
    ascii_only = text.isascii()
    for match in _ENTITY.finditer(text):
        kind = match.lastgroup or ""
        start = match.start() if ascii_only else utf16_length(text[: match.start()])
        length = utf16_length(match.group())
        found.append({"offset": start, "length": length, "type": "url" if kind == "host" else kind})
    return found


def merge_entities(written: list[Json], text: str) -> list[Json]:
    """Return the given entities, and the found ones that do not overlap them."""
    found = find_entities(text)
    if not written:
        return found
    taken = [(entity["offset"], entity["offset"] + entity["length"]) for entity in written]
    free = [entity for entity in found if not _overlaps(entity, taken)]
    return sorted([*written, *free], key=lambda entity: (entity["offset"], -entity["length"]))


def _overlaps(entity: Json, taken: list[tuple[int, int]]) -> bool:
    start, end = entity["offset"], entity["offset"] + entity["length"]
    return any(start < other_end and other_start < end for other_start, other_end in taken)
