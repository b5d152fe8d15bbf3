"""The process that reads one PDF from its input and writes its text: a program of its own.

The parent limits its memory and its time; what a file can do to the reader, it does only here. It
imports nothing of the desk, so that it starts quickly.
"""

import json
import sys

import pypdfium2

_UNREADABLE = 3


def main() -> int:
    """Write one JSON line for each page; `argv`: most pages, most characters."""
    most_pages, most_text = int(sys.argv[1]), int(sys.argv[2])
    try:
        document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
        pages = len(document)
    except pypdfium2.PdfiumError as error:
        _write({"error": str(error)})
        return _UNREADABLE
    if pages > most_pages:
        _write({"error": f"it has {pages} pages; the limit is {most_pages}"})
        return _UNREADABLE
    written = 0
    for number in range(pages):
        text = _read_page(document, number)
        written += len(text)
        if written > most_text:
            _write({"error": f"it has more than {most_text} characters of text"})
            return _UNREADABLE
        _write({"page": text, "of": pages})
    return 0


def _read_page(document: pypdfium2.PdfDocument, number: int) -> str:
    try:
        page = document[number]
        text: str = page.get_textpage().get_text_bounded()
        page.close()
    except pypdfium2.PdfiumError:
        return ""
    return text


def _write(line: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    sys.exit(main())
