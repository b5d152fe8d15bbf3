"""What the index is built of: articles with their passages, as they are stored."""

from collections.abc import Sequence
from dataclasses import dataclass

from db.ids import ArticleId, PassageId


@dataclass(frozen=True, slots=True)
class SourcePassage:
    """A passage, and questions that it answers."""

    passage_id: PassageId
    text: str
    questions: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class SourceArticle:
    """An article and its passages, in order."""

    article_id: ArticleId
    title: str
    language: str
    tags: frozenset[str]
    passages: Sequence[SourcePassage]
