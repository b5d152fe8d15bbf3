"""Reads a page of docs/: its boxes, headings and links."""

import re
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
_BOX = re.compile(r"^( *)```(\w+)(?: (\w+))?\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Box:
    """A fenced box: its language, where it belongs (empty: the server), and its text."""

    language: str
    place: str
    text: str

    @property
    def lines(self) -> list[str]:
        """Return the commands; a line that ends with a backslash continues in the next one."""
        joined = self.text.replace("\\\n", " ")
        return [line.strip() for line in joined.splitlines() if line.strip()]


def read_page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def list_boxes(text: str) -> list[Box]:
    found = []
    for indent, language, place, body in _BOX.findall(text):
        lines = (line.removeprefix(indent) for line in body.splitlines())
        found.append(Box(language, place, "\n".join(lines) + "\n"))
    return found


def find_box(text: str, language: str, containing: str = "") -> Box:
    [box] = [b for b in list_boxes(text) if b.language == language and containing in b.text]
    return box


def list_anchors(text: str) -> set[str]:
    """Return the anchors that GitHub makes of the headings."""
    without_boxes = _BOX.sub("", text)
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in _HEADING.findall(without_boxes)
    }


def list_links(text: str) -> list[str]:
    return _LINK.findall(_BOX.sub("", text))
