"""Build articles from the headings and paragraphs of a document, whatever its format."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from desk.knowledge.limits import MAX_PASSAGE, MAX_PASSAGES, MAX_TEXT, MAX_TITLE

# Shorter paragraphs are joined with the next: alone they answer nothing.
_MIN_PASSAGE = 250


class ImportRefusedError(Exception):
    """A file cannot be imported; the text says why, for whoever sent it."""


@dataclass(frozen=True, slots=True)
class Block:
    """A heading (level from 1) or a paragraph (level 0) of a document."""

    text: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class ImportedArticle:
    """An article that was read from a file; `questions`: of its first passage."""

    title: str
    text: str
    language: str | None = None
    tags: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()


@dataclass(slots=True)
class _Section:
    title: str
    passages: list[str] = field(default_factory=list)
    # The passage that the next paragraph may still join.
    is_open: bool = False

    def add(self, text: str, *, starts: bool) -> None:
        joined = f"{self.passages[-1]}\n{text}" if self.is_open and not starts else None
        if joined is not None and len(joined) <= MAX_PASSAGE:
            self.passages[-1] = joined
        else:
            self.passages.append(text)
        self.is_open = starts or len(self.passages[-1]) < _MIN_PASSAGE


def build_articles(blocks: Iterable[Block], name: str) -> Iterator[ImportedArticle]:
    """Yield an article for each heading of the first two levels; `name`: of what has none."""
    section = _Section(name)
    for block in blocks:
        text = block.text.strip()
        if not text:
            continue
        if block.level in {1, 2}:
            yield from _finish(section)
            section = _Section(_shorten(text))
        else:
            section.add(text, starts=block.level > 0)
    yield from _finish(section)


def _finish(section: _Section) -> Iterator[ImportedArticle]:
    """Yield a section as an article, or as several if it is too long for one."""
    parts: list[list[str]] = [[]]
    length = 0
    for passage in section.passages:
        longer = length + len(passage) + 2
        if parts[-1] and (longer > MAX_TEXT or len(parts[-1]) >= MAX_PASSAGES // 2):
            parts.append([])
            longer = len(passage)
        parts[-1].append(passage)
        length = longer
    for number, part in enumerate(parts, start=1):
        if part:
            title = section.title if number == 1 else f"{section.title[: MAX_TITLE - 6]} ({number})"
            yield ImportedArticle(title, "\n\n".join(part)[:MAX_TEXT])


def _shorten(title: str) -> str:
    return " ".join(title.split())[:MAX_TITLE]
