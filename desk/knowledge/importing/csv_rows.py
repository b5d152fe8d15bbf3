"""Read articles from CSV: one row for each, with the columns named in the first row."""

import csv
import io
import re
from collections.abc import Iterator

from desk.knowledge.importing.blocks import ImportedArticle, ImportRefusedError
from desk.knowledge.limits import MAX_TEXT, MAX_TITLE

# The column, and the other names that it may have.
_NAMES = {
    "title": ("title", "judul", "question", "pertanyaan"),
    "text": ("text", "answer", "isi", "teks", "jawaban", "content"),
    "language": ("language", "lang", "bahasa"),
    "tags": ("tags", "tag", "label"),
    "questions": ("questions", "typical_questions", "contoh_pertanyaan"),
}
_SEPARATORS = re.compile(r"[|\n]")
_SAMPLE = 8_192


def read_csv(text: str) -> Iterator[ImportedArticle]:
    """Yield an article for each row; raise ImportRefusedError with the number of the line.

    Tags and questions of one cell are parted by `|` or by lines.
    """
    try:
        dialect: type[csv.Dialect] | csv.Dialect = csv.Sniffer().sniff(text[:_SAMPLE], ",;\t")
    except csv.Error:
        dialect = csv.excel
    reader = csv.reader(io.StringIO(text, newline=""), dialect)
    try:
        columns = _find_columns(next(reader, []))
        for row in reader:
            if any(cell.strip() for cell in row):
                yield _read_row(row, columns, reader.line_num)
    except csv.Error as error:
        raise ImportRefusedError(f"line {reader.line_num}: {error}") from None


def _find_columns(header: list[str]) -> dict[str, int]:
    given = [each.strip().casefold().replace(" ", "_") for each in header]
    columns = {
        column: given.index(name)
        for column, names in _NAMES.items()
        for name in names
        if name in given
    }
    missing = [each for each in ("title", "text") if each not in columns]
    if missing:
        raise ImportRefusedError(
            f"the first line must name the columns title and text; missing: {', '.join(missing)}"
        )
    return columns


def _read_row(row: list[str], columns: dict[str, int], line: int) -> ImportedArticle:
    def cell(name: str) -> str:
        at = columns.get(name)
        return row[at].strip() if at is not None and at < len(row) else ""

    title, text = cell("title"), cell("text")
    if not title or not text:
        raise ImportRefusedError(f"line {line}: title and text must not be empty")
    if len(title) > MAX_TITLE:
        raise ImportRefusedError(f"line {line}: the title has more than {MAX_TITLE} characters")
    if len(text) > MAX_TEXT:
        raise ImportRefusedError(f"line {line}: the text has more than {MAX_TEXT} characters")
    return ImportedArticle(
        title,
        text,
        cell("language").casefold() or None,
        _split(cell("tags")),
        _split(cell("questions")),
    )


def _split(text: str) -> tuple[str, ...]:
    return tuple(part for each in _SEPARATORS.split(text) if (part := each.strip()))
