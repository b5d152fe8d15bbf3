"""Read articles from a file of any format that is supported."""

import asyncio
from collections.abc import Iterator
from enum import StrEnum
from itertools import islice
from pathlib import PurePath

from desk.knowledge.importing.blocks import (
    Block,
    ImportedArticle,
    ImportRefusedError,
    build_articles,
)
from desk.knowledge.limits import MAX_FILE_BYTES, MAX_IMPORTED, MAX_TITLE

MEGABYTE = 1024 * 1024
# Python reads these letter by letter; a book has one megabyte.
_MAX_TEXT_BYTES = 4 * MEGABYTE
_PDF_BEGIN = b"%PDF-"
_PDF_BEGIN_WITHIN = 1_024


class Format(StrEnum):
    MARKDOWN = "markdown"
    HTML = "html"
    PDF = "pdf"
    CSV = "csv"


_ENDINGS = {
    ".md": Format.MARKDOWN,
    ".markdown": Format.MARKDOWN,
    ".txt": Format.MARKDOWN,
    ".html": Format.HTML,
    ".htm": Format.HTML,
    ".xhtml": Format.HTML,
    ".pdf": Format.PDF,
    ".csv": Format.CSV,
}


def find_format(name: str) -> Format:
    """Find the format by the ending of a file's name; raise ImportRefusedError."""
    found = _ENDINGS.get(PurePath(name).suffix.lower())
    if found is None:
        known = ", ".join(sorted(_ENDINGS))
        raise ImportRefusedError(f"the file's name must end with one of {known}")
    return found


def check_size(name: str, size: int) -> None:
    """Raise ImportRefusedError for a file that is empty or too large for its format."""
    most = MAX_FILE_BYTES if find_format(name) is Format.PDF else _MAX_TEXT_BYTES
    if size > most:
        raise ImportRefusedError(
            f"the file has {size / MEGABYTE:.1f} MB; the limit is {most // MEGABYTE} MB"
        )
    if size == 0:
        raise ImportRefusedError("the file is empty")


async def read_articles(name: str, data: bytes) -> list[ImportedArticle]:
    """Read the articles of a file; raise ImportRefusedError."""
    check_size(name, len(data))
    kind = find_format(name)
    title = PurePath(name).stem.strip()[:MAX_TITLE] or "Article"
    if kind is Format.PDF:
        if _PDF_BEGIN not in data[:_PDF_BEGIN_WITHIN]:
            raise ImportRefusedError("this is no PDF")
        from desk.knowledge.importing.pdf import read_pdf  # noqa: PLC0415 only where it is needed

        blocks = await read_pdf(data)
        articles = list(build_articles(blocks, title))
    else:
        text = _decode(data)
        articles = await asyncio.to_thread(_parse, kind, text, title)
    if not articles:
        raise ImportRefusedError("the file has no text; a scanned page is a picture")
    if len(articles) > MAX_IMPORTED:
        raise ImportRefusedError(f"the file has more than {MAX_IMPORTED} articles")
    return articles


def _parse(kind: Format, text: str, title: str) -> list[ImportedArticle]:
    if kind is Format.CSV:
        from desk.knowledge.importing.csv_rows import read_csv  # noqa: PLC0415 as above

        return list(islice(read_csv(text), MAX_IMPORTED + 1))
    return list(islice(build_articles(_read_blocks(kind, text), title), MAX_IMPORTED + 1))


def _read_blocks(kind: Format, text: str) -> Iterator[Block]:
    if kind is Format.HTML:
        from desk.knowledge.importing.html import read_html  # noqa: PLC0415 as above

        return read_html(text)
    from desk.knowledge.importing.markdown import read_markdown  # noqa: PLC0415 as above

    return read_markdown(text)


def _decode(data: bytes) -> str:
    """Decode a text; raise ImportRefusedError if it is none in UTF-8 or UTF-16."""
    encoding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ImportRefusedError(
            f"the file must be in UTF-8; byte {error.start} is not: save it again as UTF-8"
        ) from None
    if "\0" in text:
        raise ImportRefusedError("the file is no text")
    return text.replace("\r\n", "\n")
