"""Reads docs/schema.md: its sections, the rows of its tables, the columns that a cell names."""

import re
from collections.abc import Iterator
from pathlib import Path

PAGE = Path(__file__).parent.parent.parent / "docs" / "schema.md"
_COLUMN = re.compile(r"([a-z_]+)\.([a-z_]+|…)")
_WORD = re.compile(r"[a-z_]+")


def read_section(title: str) -> str:
    """Return the text of a section, without its heading."""
    found = re.search(
        rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", read_page(), re.MULTILINE | re.DOTALL
    )
    assert found is not None, f"docs/schema.md has no section {title!r}"
    return found[1]


def read_page() -> str:
    return PAGE.read_text(encoding="utf-8")


def read_rows(title: str) -> Iterator[list[str]]:
    """Yield the cells of each row of a section's tables, without the headings."""
    for line in read_section(title).splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        is_row = line.startswith("|") and set(line) - set("|- ")
        if is_row and cells[0] not in {"T", "W", "", "view", "table"}:
            yield cells


def list_columns(cell: str) -> list[tuple[str, str]]:
    """Return the (table, column) pairs that a cell names: `a.x, y, b.z` names a.x, a.y and b.z."""
    found: list[tuple[str, str]] = []
    table = None
    for part in re.split(r", | → ", cell):
        words = part.replace("`", "").split()
        first = words[0] if words else ""
        if match := _COLUMN.fullmatch(first):
            table = match[1]
            found.append((table, match[2]))
        elif table is not None and _WORD.fullmatch(first):
            found.append((table, first))
    return found
