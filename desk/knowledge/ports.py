"""Ports of knowledge: what a search finds, and how sure it is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from db.ids import ArticleId, PassageId, SessionId
from db.queries.knowledge.embeddings import KnowledgeState


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A passage of an article; `score` orders the passages of one search, and means no more."""

    passage_id: PassageId
    article_id: ArticleId
    title: str
    text: str
    language: str
    score: float


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search found, best first."""

    passages: tuple[FoundPassage, ...]
    # The best passage of each of the best articles, at most three.
    articles: tuple[FoundPassage, ...]
    # The calibrated probability that the article of the first passage answers; 0.0 without one.
    confidence: float
    # The language of the question, as far as its words tell it, else the given one.
    language: str | None
    # The revision of the knowledge that was searched.
    revision: int
    # The same for the first passage alone, which is never surer.
    passage_confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class SearchScope:
    """The articles that may be found: those with at least one of the tags; None: all."""

    tags: Collection[str] | None = None


EVERYTHING = SearchScope()


class Knowledge(Protocol):
    """Searches the articles of this desk."""

    async def search(
        self,
        question: str,
        *,
        language: str | None,
        limit: int = 3,
        scope: SearchScope = EVERYTHING,
        session_id: SessionId | None = None,
        state: KnowledgeState | None = None,
    ) -> SearchResult:
        """Search at most `limit` passages; `language`: the contact's, for questions of no language.

        Any text is allowed; one without words finds nothing. If a model is asked for the question's
        vector, its tokens count for the day, and for the session, if one is named. `state` saves a
        transaction, where the caller has just read it.
        """

    async def find_passage(self, passage_id: PassageId) -> FoundPassage | None:
        """Find a passage of an active article, for a button or a citation that names it."""

    @property
    def threshold(self) -> float:
        """The confidence from which answering outright is right often enough, as calibrated."""


class EmbeddingFailedError(Exception):
    """A server made no vectors; `is_final`: it will not, until somebody changes the settings."""

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.is_final = is_final


class TextEmbedder(Protocol):
    """A server that turns texts into vectors."""

    @property
    def model(self) -> str | None:
        """The model that makes the vectors; None: there is none, and the search has words alone."""

    async def embed(
        self, texts: Sequence[str], *, seconds: float, session_id: SessionId | None = None
    ) -> list[list[float]]:
        """Return a vector for each text, in their order; raise EmbeddingFailedError.

        The tokens count for the day, and for the session, if one is named.
        """
