"""Split a text that is too long for a provider, at a place where a reader would pause."""

import unicodedata
from collections.abc import Iterator
from typing import Any

from desk.content import Content

# The limit of Telegram and of WhatsApp, in UTF-16 code units.
TEXT_LIMIT = 4096
Entities = list[dict[str, Any]] | None

# Characters above this take two UTF-16 code units.
_LAST_OF_ONE_UNIT = 0xFFFF
# Best places first: the end of a paragraph, a line, a sentence, a word.
_BREAKS = ("\n\n", "\n", ". ", "! ", "? ", " ")
# A longer grapheme is no real text: it is cut anywhere.
_MAX_GRAPHEME_LENGTH = 40
_JOINER = "\u200d"
_MARKS = {"Mn", "Me", "Mc"}


def utf16_length(text: str) -> int:
    """Count UTF-16 code units, as Telegram and WhatsApp do."""
    return len(text) + sum(1 for character in text if ord(character) > _LAST_OF_ONE_UNIT)


def split_text(text: str, entities: Entities, limit: int) -> Iterator[tuple[str, Entities]]:
    """Yield parts of at most `limit` UTF-16 code units, each with its share of the entities.

    Only white space at the cuts is lost.
    """
    start = 0
    while utf16_length(text) > limit:
        cut = _find_cut(text, limit)
        part, rest = text[:cut].rstrip(), text[cut:]
        kept = rest.lstrip()
        if part:
            yield part, _clip_entities(entities, start, utf16_length(part))
        start += utf16_length(text[:cut]) + utf16_length(rest) - utf16_length(kept)
        text = kept
    if text:
        yield text, _clip_entities(entities, start, utf16_length(text))


def _find_cut(text: str, limit: int) -> int:
    """Find the index to cut at: the best break in the second half of what fits."""
    fits = _index_of(text, limit)
    for mark in _BREAKS:
        at = text.rfind(mark, fits // 2, fits)
        if at >= 0:
            return at + len(mark)
    return _avoid_grapheme_split(text, fits)


def _avoid_grapheme_split(text: str, at: int) -> int:
    """Move a cut back if it would split a grapheme: an accented letter, a flag, a family emoji."""
    for place in range(at, max(at - _MAX_GRAPHEME_LENGTH, 0), -1):
        if not _is_inside_grapheme(text, place):
            return place
    return at


def _is_inside_grapheme(text: str, place: int) -> bool:
    before, after = text[place - 1], text[place]
    if before == _JOINER or _is_extender(after):
        return True
    if not (_is_flag_letter(before) and _is_flag_letter(after)):
        return False
    # Two letters make a flag: a cut is allowed after an even number of letters.
    begin = place
    while begin > 0 and _is_flag_letter(text[begin - 1]):
        begin -= 1
    return (place - begin) % 2 == 1


def _is_extender(character: str) -> bool:
    """Check whether a character extends the one before it: accent, joiner, skin tone, flag tag."""
    return (
        unicodedata.category(character) in _MARKS
        or character in {_JOINER, "\u200c"}
        or "\U0001f3fb" <= character <= "\U0001f3ff"
        or "\U000e0020" <= character <= "\U000e007f"
    )


def _is_flag_letter(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _index_of(text: str, units: int) -> int:
    """Return how many characters fit into `units`, without splitting a surrogate pair."""
    if utf16_length(text[:units]) <= units:
        return min(units, len(text))
    used = 0
    for index, character in enumerate(text):
        used += 2 if ord(character) > _LAST_OF_ONE_UNIT else 1
        if used > units:
            return index
    return len(text)


def _clip_entities(entities: Entities, start: int, length: int) -> Entities:
    """Return the entities of the part from `start`, with offsets from the part's beginning."""
    shared = []
    for entity in entities or ():
        begin = max(entity["offset"], start)
        end = min(entity["offset"] + entity["length"], start + length)
        if begin < end:
            shared.append({**entity, "offset": begin - start, "length": end - begin})
    return shared or None


def split_content(content: Content) -> list[Content]:
    """Split a text that is too long for one message; return other content as one part."""
    if not content.is_text or not content.text or content.is_template:
        return [content]
    if 2 * len(content.text) <= TEXT_LIMIT:  # in UTF-16 no character takes more than two units
        return [Content(type=content.type, text=content.text, entities=content.entities)]
    pieces = split_text(content.text, content.entities, TEXT_LIMIT)
    return [Content(type=content.type, text=text, entities=entities) for text, entities in pieces]
