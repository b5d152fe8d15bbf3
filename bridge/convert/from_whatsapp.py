"""Parse WhatsApp's formatting: *bold* _italic_ ~struck~ `code` ```code of lines``` > quote.

A mark counts where WhatsApp counts it: before a word and after one, with no space inside, and both
in one line. Other characters stay as they were written.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bridge.convert.word_characters import is_word_character
from db.tables import MessageType
from desk.content import Content, contains_link
from desk.formatting.splitting import Entities, utf16_length

_EMPHASIS = {"*": "bold", "_": "italic", "~": "strikethrough"}
_ANY_MARK = re.compile(r"[*_~`>]")
_CODE = re.compile(r"```(?P<pre>(?:(?!```).)+)```|`(?P<code>[^`\n]+)`", re.DOTALL)
# A URL may contain characters that look like marks. A mark right after the URL does not belong to
# it.
_ADDRESS = re.compile(r"https?://[^\s]*[^\s*_~`]", re.IGNORECASE)
_QUOTE = re.compile(r"^>[ ]?(?=.)", re.MULTILINE)


@dataclass(slots=True)
class _ParseState:
    """Parse results: the characters that are marks, those that are not parsed, and the spans."""

    text: str
    marks: set[int] = field(default_factory=set)
    literal: set[int] = field(default_factory=set)
    spans: list[tuple[int, int, str]] = field(default_factory=list)


def parse_formatting(text: str) -> tuple[str, Entities]:
    """Remove the marks from a text; return it with its entities, in UTF-16 units."""
    if _ANY_MARK.search(text) is None:
        return text, None
    state = _ParseState(text)
    _read_code(state)
    _read_addresses(state)
    _read_quotes(state)
    for start, end in _iterate_lines(text):
        _read_emphasis(state, start, end)
    return _remove_marks(state)


def _read_code(state: _ParseState) -> None:
    for found in _CODE.finditer(state.text):
        kind = "pre" if found["pre"] is not None else "code"
        start, end = found.span(kind)
        if not found[kind].strip():
            continue
        state.spans.append((start, end, kind))
        state.literal.update(range(*found.span()))
        state.marks.update(range(found.start(), start), range(end, found.end()))


def _read_addresses(state: _ParseState) -> None:
    for found in _ADDRESS.finditer(state.text):
        state.literal.update(range(*found.span()))


def _read_quotes(state: _ParseState) -> None:
    """Find quoted lines; consecutive lines are one quote."""
    quoted: list[tuple[int, int]] = []
    for found in _QUOTE.finditer(state.text):
        if found.start() in state.literal:
            continue
        line_end = state.text.find("\n", found.start())
        end = len(state.text) if line_end < 0 else line_end
        state.marks.update(range(*found.span()))
        if quoted and quoted[-1][1] + 1 == found.start():
            quoted[-1] = (quoted[-1][0], end)
        else:
            quoted.append((found.end(), end))
    state.spans.extend((start, end, "blockquote") for start, end in quoted)


def _iterate_lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for line in text.split("\n"):
        yield start, start + len(line)
        start += len(line) + 1


def _read_emphasis(state: _ParseState, start: int, end: int) -> None:
    """Pair the marks of one line; a mark inside a pair without a partner there is not a mark."""
    open_marks: list[int] = []
    for at in range(start, end):
        mark = state.text[at]
        if mark not in _EMPHASIS or at in state.literal or at in state.marks:
            continue
        partner = next((one for one in reversed(open_marks) if state.text[one] == mark), None)
        if partner is not None and _can_close(state.text, at, end, partner):
            del open_marks[open_marks.index(partner) :]
            state.marks.update((partner, at))
            state.spans.append((partner + 1, at, _EMPHASIS[mark]))
        elif _can_open(state.text, at, start, end):
            open_marks.append(at)


def _can_open(text: str, at: int, start: int, end: int) -> bool:
    after = text[at + 1] if at + 1 < end else " "
    before = text[at - 1] if at > start else " "
    return not after.isspace() and after != text[at] and not is_word_character(before)


def _can_close(text: str, at: int, end: int, partner: int) -> bool:
    before, after = text[at - 1], text[at + 1] if at + 1 < end else " "
    return at - 1 > partner and not before.isspace() and not is_word_character(after)


def _remove_marks(state: _ParseState) -> tuple[str, Entities]:
    """Remove the marks, and compute the spans in the remaining text."""
    kept: list[str] = []
    units = [0]
    for at, character in enumerate(state.text):
        is_mark = at in state.marks
        if not is_mark:
            kept.append(character)
        units.append(units[-1] + (0 if is_mark else utf16_length(character)))
    entities: list[dict[str, Any]] = [
        {"type": kind, "offset": units[start], "length": units[end] - units[start]}
        for start, end, kind in sorted(state.spans, key=lambda span: (span[0], -span[1]))
        if units[end] > units[start]
    ]
    return "".join(kept), entities or None


def to_text_content(written: str) -> Content:
    """Convert a customer's text and its formatting marks."""
    text, entities = parse_formatting(written)
    kind = MessageType.LINK if contains_link(text) else MessageType.TEXT
    return Content(type=kind, text=text, entities=entities)
