"""Format the desk's text and entities with WhatsApp's marks.

Marks stand directly at the words and end with each line, because WhatsApp parses them only there.
Formatting without a mark (underlines, spoilers, custom emoji), or that WhatsApp would not parse
(half a word), becomes plain text.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bridge.convert.word_characters import is_word_character
from desk.formatting.splitting import Entities, split_text, utf16_length

# Nesting order of spans with the same start and end: the first is innermost.
_MARKS = {"pre": "```", "code": "`", "strikethrough": "~", "italic": "_", "bold": "*"}
_INNERMOST = list(_MARKS)
_CODE = {"code", "pre"}
_QUOTES = {"blockquote", "expandable_blockquote"}
# Marks of punctuation at its end do not belong to a URL.
_URL = re.compile(r"https?://[^\s]*[^\s.,;:!?)\]]", re.IGNORECASE)
# If less room is left, cut the text without its marks: a URL alone may be longer than a message.
_MIN_ROOM = 64


@dataclass(frozen=True, slots=True, order=True)
class _Span:
    """A part of the text, by characters, and its format."""

    start: int
    end: int
    kind: str


def format_text(text: str, entities: Entities) -> str:
    """Format a text with WhatsApp's marks; without entities it stays unchanged."""
    return _insert_marks(*_insert_urls(text, entities)) if entities else text


def split_formatted_text(
    text: str, entities: Entities, limit: int, first: int | None = None
) -> Iterator[str]:
    """Yield a text as messages, each at most `limit` units long with its marks.

    `first` is the limit of the first message, if it differs because that one is a caption.
    """
    whole, spans = _insert_urls(text, entities)
    rest, shared = _remove_first_part(whole, _to_entities(whole, spans), "")
    room = first or limit
    while rest.strip():
        part, written = _take_first_part(rest, shared, room)
        yield written
        rest, shared = _remove_first_part(rest, shared, part)
        room = limit


def _take_first_part(text: str, entities: Entities, limit: int) -> tuple[str, str]:
    """Take the first part of a text; return it as it is in the text and as formatted."""
    room = limit
    while True:
        part, shared = next(split_text(text, entities, room))
        written = _insert_marks(part, _to_spans(part, shared))
        over = utf16_length(written) - limit
        if over <= 0:
            return part, written
        room = min(room, utf16_length(part)) - over
        if room < min(_MIN_ROOM, limit // 2):
            part, _ = next(split_text(text, None, limit))
            return part, part  # more marks than text: leave them out


def _remove_first_part(
    text: str, entities: Sequence[dict[str, Any]] | None, head: str
) -> tuple[str, list[dict[str, Any]] | None]:
    """Return the text after its first part, without the spaces between."""
    cut = text.index(head) + len(head)
    while cut < len(text) and text[cut].isspace():
        cut += 1
    gone = utf16_length(text[:cut])
    moved = [
        {**each, "offset": max(0, each["offset"] - gone), "length": each["length"] - over}
        for each in entities or ()
        if (over := max(0, gone - each["offset"])) < each["length"]
    ]
    return text[cut:], moved or None


def _to_spans(text: str, entities: Entities) -> list[_Span]:
    """Convert entities to character positions; leave out entities outside the text."""
    places = [0]
    index_at = {0: 0}
    for index, character in enumerate(text, 1):
        places.append(places[-1] + utf16_length(character))
        index_at[places[-1]] = index
    found = []
    for entity in entities or ():
        start = index_at.get(entity["offset"])
        end = index_at.get(entity["offset"] + entity["length"], len(text))
        if start is not None and start < end:
            found.append(_Span(start, end, str(entity["type"])))
    return found


def _to_entities(text: str, spans: list[_Span]) -> list[dict[str, Any]]:
    return [
        {
            "type": span.kind,
            "offset": utf16_length(text[: span.start]),
            "length": utf16_length(text[span.start : span.end]),
        }
        for span in spans
    ]


def _insert_urls(text: str, entities: Entities) -> tuple[str, list[_Span]]:
    """Insert URLs after the text that links to them: `text (url)`."""
    insertions: dict[int, str] = {}
    for entity in entities or ():
        if entity["type"] != "text_link" or not entity.get("url"):
            continue
        for span in _to_spans(text, [entity]):
            words, url = text[span.start : span.end], str(entity["url"])
            if words.strip().rstrip("/") not in {url.rstrip("/"), _strip_scheme(url)}:
                at = span.start + len(words.rstrip())
                insertions[at] = insertions.get(at, "") + f" ({url})"
    spans = _to_spans(text, entities)
    if not insertions:
        return text, spans
    written, cut = "", 0
    for at in sorted(insertions):
        written += text[cut:at] + insertions[at]
        cut = at

    def moved(index: int, *, is_end: bool) -> int:
        # A URL belongs to the spans that continue after it, but not to those that end before it.
        return index + sum(
            len(added)
            for at, added in insertions.items()
            if at < index or (at == index and not is_end)
        )

    return written + text[cut:], [
        _Span(moved(span.start, is_end=False), moved(span.end, is_end=True), span.kind)
        for span in spans
    ]


def _strip_scheme(url: str) -> str:
    return url.partition("://")[2].rstrip("/")


def _insert_marks(text: str, spans: list[_Span]) -> str:
    """Insert the marks into a text."""
    lines = [*_split_by_line(text, _merge_touching_spans(spans))]
    nested = _split_crossing_spans(text, _keep_off_urls(text, lines))
    pieces = _drop_crossing_spans(_drop_unsupported_spans(text, nested))
    before: dict[int, str] = {}
    after: dict[int, str] = {}
    for piece in sorted(pieces, key=_sort_innermost_first):
        mark = _MARKS[piece.kind]
        after[piece.end] = after.get(piece.end, "") + mark
        before[piece.start] = mark + before.get(piece.start, "")
    for start in _find_quoted_lines(text, spans):
        before[start] = "> " + before.get(start, "")
    written = []
    for index in range(len(text) + 1):
        written += [after.get(index, ""), before.get(index, ""), text[index : index + 1]]
    return "".join(written)


def _sort_innermost_first(piece: _Span) -> tuple[int, int]:
    return piece.end - piece.start, _INNERMOST.index(piece.kind)


def _merge_touching_spans(spans: list[_Span]) -> list[_Span]:
    """Merge touching spans of the same kind."""
    joined: list[_Span] = []
    for span in sorted(spans, key=lambda each: (each.kind, each.start)):
        last = joined[-1] if joined else None
        if last is not None and last.kind == span.kind and span.start <= last.end:
            joined[-1] = _Span(last.start, max(last.end, span.end), span.kind)
        else:
            joined.append(span)
    return joined


def _split_by_line(text: str, spans: list[_Span]) -> Iterator[_Span]:
    """Split spans at the ends of lines, and trim the spaces."""
    for span in spans:
        if span.kind not in _MARKS:
            continue
        start = span.start
        for line in text[span.start : span.end].split("\n"):
            words = line.strip()
            if words:
                begin = start + len(line) - len(line.lstrip())
                yield _Span(begin, begin + len(words), span.kind)
            start += len(line) + 1


def _keep_off_urls(text: str, pieces: list[_Span]) -> list[_Span]:
    """Cut spans so that no mark stands in a URL or right beside it: it would break the link."""
    urls = [found.span() for found in _URL.finditer(text)]
    if not urls:
        return pieces
    kept: list[_Span] = []
    for piece in pieces:
        cut = piece
        for start, end in urls if piece.kind not in _CODE else ():
            if start < cut.end <= end:
                cut = _Span(cut.start, max(cut.start, start), cut.kind)
            if start <= cut.start < end:
                cut = _Span(min(cut.end, end), cut.end, cut.kind)
        kept += _trim(text, cut)
    return kept


def _split_crossing_spans(text: str, pieces: list[_Span]) -> list[_Span]:
    """Split spans that begin in another one and end after it: marks must close in order."""
    kept: list[_Span] = []
    waiting = sorted(pieces, key=lambda each: (each.start, -each.end))
    while waiting:
        piece = waiting.pop(0)
        ends = (each.end for each in kept if each.start <= piece.start < each.end < piece.end)
        cut = None if piece.kind in _CODE else min(ends, default=None)
        if cut is None:
            kept.append(piece)
            continue
        for part in (_Span(piece.start, cut, piece.kind), _Span(cut, piece.end, piece.kind)):
            waiting += _trim(text, part)
        waiting.sort(key=lambda each: (each.start, -each.end))
    return kept


def _trim(text: str, span: _Span) -> list[_Span]:
    """Return a span without the spaces at its ends; an empty list if nothing is left."""
    words = text[span.start : span.end]
    start = span.start + len(words) - len(words.lstrip())
    end = start + len(words.strip())
    return [_Span(start, end, span.kind)] if start < end else []


def _drop_unsupported_spans(text: str, pieces: list[_Span]) -> list[_Span]:
    """Remove what WhatsApp would not parse: marks inside words, and marks in or across code."""
    code = [
        each for each in pieces if each.kind in _CODE and "`" not in text[each.start : each.end]
    ]
    code = [each for each in code if each.kind == "pre" or not _overlaps_any(each, code, "pre")]
    plain = [each for each in pieces if each.kind not in _CODE and _is_at_word_boundary(text, each)]
    return code + [each for each in plain if all(_is_apart_or_around(each, one) for one in code)]


def _overlaps_any(span: _Span, others: list[_Span], kind: str) -> bool:
    return any(
        each.kind == kind and each.start < span.end and span.start < each.end for each in others
    )


def _is_apart_or_around(span: _Span, code: _Span) -> bool:
    apart = span.end <= code.start or code.end <= span.start
    return apart or (span.start <= code.start and code.end <= span.end)


def _is_at_word_boundary(text: str, span: _Span) -> bool:
    before = text[span.start - 1] if span.start else " "
    after = text[span.end] if span.end < len(text) else " "
    return not is_word_character(before) and not is_word_character(after)


def _drop_crossing_spans(pieces: list[_Span]) -> list[_Span]:
    """Remove spans that begin in another one and end after it: marks must close in order."""
    kept: list[_Span] = []
    for piece in sorted(pieces, key=lambda each: (each.start, -each.end)):
        around = [each for each in kept if each.start < piece.end and piece.start < each.end]
        if all(each.start <= piece.start and piece.end <= each.end for each in around):
            kept.append(piece)
    return kept


def _find_quoted_lines(text: str, spans: list[_Span]) -> set[int]:
    """Find the start of each quoted line."""
    found = set()
    for span in spans:
        if span.kind not in _QUOTES:
            continue
        start = text.rfind("\n", 0, span.start) + 1
        while 0 <= start < span.end:
            found.add(start)
            following = text.find("\n", start)
            start = following + 1 if following >= 0 else -1
    return found
