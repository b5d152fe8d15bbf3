"""Read the blocks of an HTML page: what a reader sees, without scripts and navigation."""

from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from desk.knowledge.importing.blocks import Block

_INVISIBLE = [
    *("script", "style", "noscript", "template", "head", "nav", "footer", "aside", "form"),
    *("iframe", "object", "embed", "svg", "canvas", "audio", "video", "button", "select"),
    *("textarea", "dialog"),
]
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = {
    *_HEADINGS,
    *("address", "article", "blockquote", "body", "caption", "dd", "div", "dt", "figcaption"),
    *("header", "hr", "li", "main", "ol", "p", "pre", "section", "summary", "table", "tr", "ul"),
}
# Deeper inline elements are taken for blocks.
_MAX_CLIMB = 20


def read_html(text: str) -> Iterator[Block]:
    """Yield headings and paragraphs in plain text."""
    tree = LexborHTMLParser(text)
    tree.strip_tags(_INVISIBLE)
    root = tree.css_first("main") or tree.css_first("article") or tree.body
    if root is None:
        return
    current: int | None = None
    level, parts = 0, list[str]()
    for node in root.traverse(include_text=True):
        if not node.is_text_node or not (found := node.text(deep=False)).strip():
            continue
        block = _find_block(node)
        if block.mem_id != current:
            yield Block(" ".join(" ".join(parts).split()), level)
            parts, current = [], block.mem_id
            level = _HEADINGS.get(block.tag or "", 0)
        parts.append(found)
    yield Block(" ".join(" ".join(parts).split()), level)


def _find_block(node: LexborNode) -> LexborNode:
    """Return the nearest block around a text."""
    here = node
    for _ in range(_MAX_CLIMB):
        if here.parent is None:
            break
        here = here.parent
        if here.tag in _BLOCKS:
            break
    return here
