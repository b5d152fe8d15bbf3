"""Parses MarkdownV2 and Markdown in their usual forms; mistakes are refused in Telegram's words."""

import re
from dataclasses import dataclass, field

from sandbox.common.json_shapes import Json
from sandbox.telegram.model.errors import ApiError, bad_request
from sandbox.telegram.model.shapes import utf16_length

MARKS = {
    "*": "bold",
    "_": "italic",
    "__": "underline",
    "~": "strikethrough",
    "||": "spoiler",
    "`": "code",
    "```": "pre",
}
LEGACY_MARKS = {"*": "bold", "_": "italic", "`": "code", "```": "pre"}
RESERVED = frozenset("_*[]()~`>#+-=|{}.!")
_LINK_END = re.compile(r"\]\(((?:\\.|[^)\\])*)\)")


@dataclass(slots=True)
class _Parse:
    source: str
    legacy: bool
    out: list[str] = field(default_factory=list)
    offset: int = 0
    at: int = 0
    open: list[tuple[str, int]] = field(default_factory=list)
    entities: list[Json] = field(default_factory=list)

    def add(self, text: str) -> None:
        self.out.append(text)
        self.offset += utf16_length(text)

    def mistake(self, text: str) -> ApiError:
        place = len(self.source[: self.at].encode())
        return bad_request(f"can't parse entities: {text} at byte offset {place}")


def parse_markdown(source: str, *, legacy: bool) -> tuple[str, list[Json]]:
    """Return the plain text and its entities; a mistake is a 400 `can't parse entities: ...`."""
    parse = _Parse(source, legacy)
    while parse.at < len(source):
        _step(parse)
    if parse.open:
        mark, start = parse.open[-1]
        name = (LEGACY_MARKS if legacy else MARKS).get(mark, "text_link")
        raise bad_request(
            f"can't parse entities: Can't find end of {name.capitalize()} entity"
            f" at byte offset {start}"
        )
    parse.entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return "".join(parse.out), parse.entities


def _step(parse: _Parse) -> None:
    source, at = parse.source, parse.at
    char = source[at]
    if char == "\\" and at + 1 < len(source) and source[at + 1] in RESERVED | {"\\"}:
        parse.add(source[at + 1])
        parse.at += 2
        return
    mark = _mark(parse)
    if mark:
        _toggle(parse, mark)
    elif char == "[" and not _inside_code(parse):
        parse.open.append(("[", parse.offset))
        parse.at += 1
    elif char == "]" and parse.open and parse.open[-1][0] == "[":
        _close_link(parse)
    elif not parse.legacy and char in RESERVED and not _inside_code(parse):
        if char == ">" and (at == 0 or source[at - 1] == "\n"):
            parse.at += 1
            return
        raise parse.mistake(
            f"Character '{char}' is reserved and must be escaped with the preceding '\\'"
        )
    else:
        parse.add(char)
        parse.at += 1


def _inside_code(parse: _Parse) -> bool:
    return bool(parse.open) and parse.open[-1][0] in {"`", "```"}


def _mark(parse: _Parse) -> str:
    marks = LEGACY_MARKS if parse.legacy else MARKS
    if _inside_code(parse):
        wanted = parse.open[-1][0]
        return wanted if parse.source.startswith(wanted, parse.at) else ""
    for size in (3, 2, 1):
        mark = parse.source[parse.at : parse.at + size]
        if len(mark) == size and mark in marks:
            return mark
    return ""


def _toggle(parse: _Parse, mark: str) -> None:
    kind = (LEGACY_MARKS if parse.legacy else MARKS)[mark]
    parse.at += len(mark)
    if parse.open and parse.open[-1][0] == mark:
        start = parse.open.pop()[1]
        if parse.offset > start:
            length = parse.offset - start
            parse.entities.append({"offset": start, "length": length, "type": kind})
        return
    if any(opened == mark for opened, _ in parse.open):
        raise parse.mistake(f"Can't find end of {kind.capitalize()} entity")
    parse.open.append((mark, parse.offset))


def _close_link(parse: _Parse) -> None:
    start = parse.open.pop()[1]
    match = _LINK_END.match(parse.source, parse.at)
    if match is None:
        raise parse.mistake("Character ']' is reserved and must be escaped with the preceding '\\'")
    url = re.sub(r"\\(.)", r"\1", match[1])
    if parse.offset > start:
        length = parse.offset - start
        link = {"offset": start, "length": length, "type": "text_link", "url": url}
        parse.entities.append(link)
    parse.at = match.end()
