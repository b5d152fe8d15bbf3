"""WhatsApp's formatting as entities: *bold* _italic_ ~struck~ `code` ```code of lines``` > quote.

A mark counts where WhatsApp counts it: before a word and behind one, with no space inside, and both
in one line. Whatever is no pair of marks stays as it was written.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from desk.formatting.splitting import Entities, utf16_length

_EMPHASIS = {"*": "bold", "_": "italic", "~": "strikethrough"}
_ANY_MARK = re.compile(r"[*_~`>]")
_CODE = re.compile(r"```(?P<pre>(?:(?!```).)+)```|`(?P<code>[^`\n]+)`", re.DOTALL)
# An address may hold what looks like a mark; one right behind it is none of its own.
_ADDRESS = re.compile(r"https?://[^\s]*[^\s*_~`]", re.IGNORECASE)
_QUOTE = re.compile(r"^>[ ]?(?=.)", re.MULTILINE)


@dataclass(slots=True)
class _Reading:
    """What was found in a text: characters that are marks, those that are not read, and spans."""

    text: str
    dropped: set[int] = field(default_factory=set)
    literal: set[int] = field(default_factory=set)
    spans: list[tuple[int, int, str]] = field(default_factory=list)


def read_marks(text: str) -> tuple[str, Entities]:
    """Take the marks out of a text; returns it with its entities, in UTF-16 units."""
    if _ANY_MARK.search(text) is None:
        return text, None
    reading = _Reading(text)
    _read_code(reading)
    _read_addresses(reading)
    _read_quotes(reading)
    for start, end in _lines(text):
        _read_emphasis(reading, start, end)
    return _without_marks(reading)


def _read_code(reading: _Reading) -> None:
    for found in _CODE.finditer(reading.text):
        kind = "pre" if found["pre"] is not None else "code"
        start, end = found.span(kind)
        if not found[kind].strip():
            continue
        reading.spans.append((start, end, kind))
        reading.literal.update(range(*found.span()))
        reading.dropped.update(range(found.start(), start), range(end, found.end()))


def _read_addresses(reading: _Reading) -> None:
    for found in _ADDRESS.finditer(reading.text):
        reading.literal.update(range(*found.span()))


def _read_quotes(reading: _Reading) -> None:
    """Find quoted lines; those that follow each other are one quote."""
    quoted: list[tuple[int, int]] = []
    for found in _QUOTE.finditer(reading.text):
        if found.start() in reading.literal:
            continue
        line_end = reading.text.find("\n", found.start())
        end = len(reading.text) if line_end < 0 else line_end
        reading.dropped.update(range(*found.span()))
        if quoted and quoted[-1][1] + 1 == found.start():
            quoted[-1] = (quoted[-1][0], end)
        else:
            quoted.append((found.end(), end))
    reading.spans.extend((start, end, "blockquote") for start, end in quoted)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for line in text.split("\n"):
        yield start, start + len(line)
        start += len(line) + 1


def _read_emphasis(reading: _Reading, start: int, end: int) -> None:
    """Pair the marks of one line; a mark inside of a pair that has no partner there is none."""
    open_marks: list[int] = []
    for at in range(start, end):
        mark = reading.text[at]
        if mark not in _EMPHASIS or at in reading.literal or at in reading.dropped:
            continue
        partner = next((one for one in reversed(open_marks) if reading.text[one] == mark), None)
        if partner is not None and _closes(reading.text, at, end, partner):
            del open_marks[open_marks.index(partner) :]
            reading.dropped.update((partner, at))
            reading.spans.append((partner + 1, at, _EMPHASIS[mark]))
        elif _opens(reading.text, at, start, end):
            open_marks.append(at)


def _opens(text: str, at: int, start: int, end: int) -> bool:
    after = text[at + 1] if at + 1 < end else " "
    before = text[at - 1] if at > start else " "
    return not after.isspace() and after != text[at] and not before.isalnum()


def _closes(text: str, at: int, end: int, partner: int) -> bool:
    before, after = text[at - 1], text[at + 1] if at + 1 < end else " "
    return at - 1 > partner and not before.isspace() and not after.isalnum()


def _without_marks(reading: _Reading) -> tuple[str, Entities]:
    """Leave the marks out, and count the spans anew in what is left."""
    kept: list[str] = []
    units = [0]
    for at, character in enumerate(reading.text):
        is_mark = at in reading.dropped
        if not is_mark:
            kept.append(character)
        units.append(units[-1] + (0 if is_mark else utf16_length(character)))
    entities: list[dict[str, Any]] = [
        {"type": kind, "offset": units[start], "length": units[end] - units[start]}
        for start, end, kind in sorted(reading.spans, key=lambda span: (span[0], -span[1]))
        if units[end] > units[start]
    ]
    return "".join(kept), entities or None
