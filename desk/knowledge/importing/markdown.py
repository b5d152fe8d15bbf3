"""Read the blocks of a Markdown document."""

from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from desk.knowledge.importing.blocks import Block

_CODE = {"fence", "code_block"}
_BREAKS = {"softbreak", "hardbreak"}


def read_markdown(text: str) -> Iterator[Block]:
    """Yield headings and paragraphs in plain text; HTML in it is left out."""
    tokens = MarkdownIt("commonmark", {"html": False}).enable("table").parse(text)
    level, row = 0, list[str]()
    for token in tokens:
        if token.type == "heading_open":
            level = int(token.tag[1:])
        elif token.type == "inline":
            plain = _read_inline(token)
            if row:
                row.append(plain)
            else:
                yield Block(plain, level)
            level = 0
        elif token.type == "tr_open":
            row = [""]
        elif token.type == "tr_close":
            yield Block(" | ".join(each for each in row if each))
            row = []
        elif token.type in _CODE:
            yield Block(token.content)


def _read_inline(token: Token) -> str:
    parts: list[str] = []
    for child in token.children or []:
        if child.type in {"text", "code_inline", "image"}:
            parts.append(child.content)
        elif child.type in _BREAKS:
            parts.append(" ")
    return "".join(parts)
