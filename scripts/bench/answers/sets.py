"""Calibration sets: articles and questions of one subject, as JSON Lines."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from db.ids import ArticleId, PassageId
from desk.knowledge.search.source import SourceArticle, SourcePassage

SHIPPED = Path(__file__).parent / "sets"


class SetError(Exception):
    """A file is not in the format; the text names the line."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and what answers it: nothing, or any of these."""

    text: str
    language: str
    articles: frozenset[str]
    passages: frozenset[str]
    note: str = ""

    @property
    def is_answerable(self) -> bool:
        return bool(self.articles)


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """One subject."""

    name: str
    articles: Sequence[SourceArticle]
    questions: Sequence[Question]

    @property
    def has_typical_questions(self) -> bool:
        return any(each.questions for article in self.articles for each in article.passages)

    def without_typical_questions(self) -> "QuestionSet":
        articles = [
            replace(article, passages=[replace(each, questions=()) for each in article.passages])
            for article in self.articles
        ]
        return replace(self, articles=articles)


def load_shipped() -> list[QuestionSet]:
    """Load the sets of the repository."""
    folders = sorted(each for each in SHIPPED.iterdir() if each.is_dir())
    return [load_set(each / "articles.jsonl", each / "questions.jsonl") for each in folders]


def load_set(articles: Path, questions: Path) -> QuestionSet:
    """Load a set; raise SetError."""
    read = [_parse(articles, at, each, _read_article) for at, each in _read_lines(articles)]
    by_id = {each.article_id: each for each in read}
    asked = [
        _parse(questions, at, each, lambda row: _read_question(row, by_id))
        for at, each in _read_lines(questions)
    ]
    if not read or not asked:
        raise SetError(f"{(questions if read else articles).name} is empty")
    return QuestionSet(articles.parent.name, read, asked)


def _read_lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SetError(f"{path}: {error}") from None
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, line


def _parse(path: Path, number: int, line: str, read: Any) -> Any:
    try:
        return read(json.loads(line))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise SetError(f"{path}, line {number}: {type(error).__name__}: {error}") from None


def _read_article(row: dict[str, Any]) -> SourceArticle:
    texts = [each.strip() for each in row["text"].split("\n\n")]
    typical: list[list[str]] = [[] for _ in texts]
    for each in row.get("typical_questions") or []:
        typical[each["passage"]].append(each["text"])
    passages = [
        SourcePassage(PassageId(f"{row['id']}#{at}"), text, tuple(typical[at]))
        for at, text in enumerate(texts)
    ]
    return SourceArticle(
        ArticleId(row["id"]),
        row["title"],
        row["language"],
        frozenset(row.get("tags") or ()),
        passages,
    )


def _read_question(row: dict[str, Any], articles: dict[ArticleId, SourceArticle]) -> Question:
    passages = {
        passage.passage_id
        for answer in row["answers"]
        for passage in articles[answer["article"]].passages
        if answer["span"] in passage.text
    }
    right = frozenset(row["articles"]) if row["answerable"] else frozenset()
    return Question(row["text"], row["language"], right, frozenset(passages), row.get("note", ""))
