"""Parses parse_mode=HTML into entities; mistakes are refused in Telegram's words."""

import re
from dataclasses import dataclass, field

from sandbox.common.json_shapes import Json
from sandbox.telegram.model.errors import ApiError, bad_request
from sandbox.telegram.model.shapes import utf16_length

KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_PIECE = re.compile(
    r"(?P<text>[^<&]+)|(?P<escape>&(?:#x[0-9A-Fa-f]+|#[0-9]+|[a-z]+);?)"
    r"|(?P<end></\s*(?P<closed>[A-Za-z0-9-]*)\s*>)"
    r"|(?P<start><(?P<opened>[A-Za-z0-9-]+)(?P<rest>[^>]*)>)|(?P<other>[<&])"
)
_ATTRIBUTE = re.compile(r"""([A-Za-z-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")


@dataclass(slots=True)
class _Open:
    tag: str
    attributes: dict[str, str]
    start: int
    text_from: int


@dataclass(slots=True)
class _Parse:
    source: str
    out: list[str] = field(default_factory=list)
    offset: int = 0
    open: list[_Open] = field(default_factory=list)
    entities: list[Json] = field(default_factory=list)

    def add(self, text: str) -> None:
        self.out.append(text)
        self.offset += utf16_length(text)

    def bytes_before(self, position: int) -> int:
        return len(self.source[:position].encode())


def parse_html(source: str) -> tuple[str, list[Json]]:
    """Return the plain text and its entities; a mistake is a 400 `can't parse entities: ...`."""
    parse = _Parse(source)
    for match in _PIECE.finditer(source):
        if match["text"]:
            parse.add(match["text"])
        elif match["escape"]:
            parse.add(_unescape(match["escape"]))
        elif match["start"]:
            _open_tag(parse, match)
        elif match["end"]:
            _close_tag(parse, match)
        else:
            _handle_stray(parse, match)
    if parse.open:
        raise _mistake(f'Can\'t find end tag corresponding to start tag "{parse.open[-1].tag}"')
    parse.entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return "".join(parse.out), parse.entities


def _mistake(text: str) -> ApiError:
    return bad_request(f"can't parse entities: {text}")


def _handle_stray(parse: _Parse, match: re.Match[str]) -> None:
    if match["other"] == "&":
        parse.add("&")
        return
    at = parse.bytes_before(match.start())
    following = parse.source[match.end() : match.end() + 1]
    if following and (following.isalnum() or following == "/"):
        raise _mistake(f"Unclosed start tag at byte offset {at}")
    raise _mistake(f'Unsupported start tag "" at byte offset {at}')


def _open_tag(parse: _Parse, match: re.Match[str]) -> None:
    tag = match["opened"].lower()
    at = parse.bytes_before(match.start())
    attributes = {
        name.lower(): _plain(quoted or single or bare)
        for name, quoted, single, bare in _ATTRIBUTE.findall(match["rest"])
    }
    if tag not in KINDS:
        raise _mistake(f'Unsupported start tag "{tag}" at byte offset {at}')
    if tag == "span" and attributes.get("class") != "tg-spoiler":
        raise _mistake(f'Tag "span" must have class "tg-spoiler" at byte offset {at}')
    parse.open.append(_Open(tag, attributes, parse.offset, len(parse.out)))


def _close_tag(parse: _Parse, match: re.Match[str]) -> None:
    tag, at = match["closed"].lower(), parse.bytes_before(match.start())
    if not parse.open:
        raise _mistake(f"Unexpected end tag at byte offset {at}")
    opened = parse.open.pop()
    if tag not in {"", opened.tag}:
        raise _mistake(
            f'Unmatched end tag at byte offset {at}, expected "</{opened.tag}>", found "</{tag}>"'
        )
    length = parse.offset - opened.start
    if length > 0:
        entity = _entity(parse, opened, length)
        if entity is not None:
            parse.entities.append(entity)


def _entity(parse: _Parse, opened: _Open, length: int) -> Json | None:
    entity: Json = {"offset": opened.start, "length": length, "type": KINDS[opened.tag]}
    attributes = opened.attributes
    if opened.tag == "a":
        return _link(entity, attributes.get("href") or "".join(parse.out[opened.text_from :]))
    if opened.tag == "tg-emoji":
        entity["custom_emoji_id"] = attributes.get("emoji-id", "")
    if opened.tag == "blockquote" and "expandable" in attributes:
        entity["type"] = "expandable_blockquote"
    if opened.tag == "code" and parse.open and parse.open[-1].tag == "pre":
        language = attributes.get("class", "").removeprefix("language-")
        parse.open[-1].attributes["language"] = language
        return None
    if opened.tag == "pre" and attributes.get("language"):
        entity["language"] = attributes["language"]
    return entity


def _link(entity: Json, url: str) -> Json | None:
    if url.startswith("tg://user?id=") and url[13:].isdigit():
        # The caller replaces this by a text_mention if it knows the user.
        return {**entity, "type": "text_mention", "user": {"id": int(url[13:])}}
    if "." not in url and "://" not in url:
        return None
    return {**entity, "url": url if "://" in url else f"http://{url}/"}


def _unescape(written: str) -> str:
    body = written.strip("&;")
    if body in _NAMED:
        return _NAMED[body]
    try:
        code = int(f"0{body[1:]}", 16) if body[1:2] in {"x", "X"} else int(body[1:])
        char = chr(code)
        char.encode()
    except (ValueError, OverflowError):
        return written
    return char if body.startswith("#") and code else written


def _plain(value: str) -> str:
    return re.sub(r"&(?:#x[0-9A-Fa-f]+|#[0-9]+|[a-z]+);", lambda found: _unescape(found[0]), value)
