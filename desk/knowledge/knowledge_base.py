"""The knowledge of this process: an index that is built when it is first needed.

The search and its libraries are imported then, too, so a desk without AI agents does not pay for
them.
"""

import asyncio
import time
from typing import TYPE_CHECKING

import structlog

from db.database import Database
from db.ids import ArticleId, PassageId, SessionId
from db.queries.knowledge import articles as queries
from db.queries.knowledge import embeddings
from db.queries.knowledge.embeddings import KnowledgeState
from db.queues import jobs
from db.queues.jobs import NewJob
from db.tables.base import now_utc
from desk.knowledge.embedding_job import EmbedKnowledge
from desk.knowledge.ports import (
    EVERYTHING,
    EmbeddingFailedError,
    FoundPassage,
    SearchResult,
    SearchScope,
    TextEmbedder,
)
from desk.knowledge.reading import read_passages, read_vectors

if TYPE_CHECKING:
    from desk.knowledge.search.searcher import Searcher

log = structlog.get_logger(__name__)

# For the vector of a question: the customer waits.
_QUESTION_SECONDS = 2.0
# How often a process asks for vectors that are missing, if making them has failed.
_ASK_EVERY = 60.0
# A search of so many takes about a millisecond, less than the event loop waits for a thread.
_FEW_PASSAGES = 200


class KnowledgeBase:
    """Searches the active articles, always in the newest revision."""

    def __init__(self, database: Database, embedder: TextEmbedder | None = None) -> None:
        self._database = database
        self._embedder = embedder
        self._searcher: Searcher | None = None
        self._built_of = KnowledgeState()
        self._building = asyncio.Lock()
        # The revision for which vectors were asked for last, and when.
        self._asked = (0, 0.0)

    @property
    def threshold(self) -> float:
        from desk.knowledge.search.calibration import load_calibration  # noqa: PLC0415 see above

        has_questions = self._searcher is not None and self._searcher.index.has_questions
        return load_calibration().choose(has_questions=has_questions).article.threshold

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
        """Search the newest revision; while it is being built, other callers search the former.

        Passages that are near by their vectors count, too, if a model for embeddings is set.
        """
        if state is None:
            state = await self._database.run(embeddings.read_state)
        searcher = await self._load(state)
        vector = await self._embed(question, session_id) if searcher.has_vectors else None

        def work() -> SearchResult:
            return searcher.search(
                question, language=language, limit=limit, scope=scope, vector=vector
            )

        if len(searcher.index.entries) <= _FEW_PASSAGES:
            return work()
        # In a thread: it takes longer than others should wait.
        return await asyncio.to_thread(work)

    async def find_passage(self, passage_id: PassageId) -> FoundPassage | None:
        """Find a passage of an active article."""
        found = await self._database.run(lambda tx: queries.find_passage(tx, passage_id))
        if found is None:
            return None
        article, text = found
        return FoundPassage(passage_id, article.id, article.title, text, article.language, 0.0)

    @property
    def _model(self) -> str | None:
        return self._embedder.model if self._embedder else None

    async def _embed(self, question: str, session_id: SessionId | None) -> list[float] | None:
        """Return the vector of a question; None: the server has none, and words alone decide."""
        assert self._embedder is not None  # noqa: S101 there are vectors
        try:
            [vector] = await self._embedder.embed(
                [question], seconds=_QUESTION_SECONDS, session_id=session_id
            )
        except EmbeddingFailedError as error:
            log.warning("knowledge.no_vector", error=str(error))
            return None
        return vector

    async def _load(self, state: KnowledgeState) -> "Searcher":
        """Return an index of the newest revision, or of the former while that is being built."""
        await self._ask_for_vectors(state)
        if self._searcher is not None and (self._built_of == state or self._building.locked()):
            return self._searcher
        async with self._building:
            if self._searcher is None or self._built_of != state:
                self._searcher, self._built_of = await self._build()
            return self._searcher

    async def _ask_for_vectors(self, state: KnowledgeState) -> None:
        """Have vectors made of what has none; the search goes on without them meanwhile."""
        model, revision = self._model, state.revision
        embedded = state.embedded_revision, state.embedding_model
        if model is None or not revision or embedded == (revision, model):
            return
        asked, at = self._asked
        if asked == revision and time.monotonic() - at < _ASK_EVERY:
            return
        self._asked = revision, time.monotonic()
        payload = EmbedKnowledge()
        job = NewJob(payload.kind, payload.to_json(), payload.dedup_key)
        await self._database.run(lambda tx: jobs.put(tx, [job], now_utc()))

    async def _build(self) -> "tuple[Searcher, KnowledgeState]":
        from desk.knowledge.search.searcher import build_searcher  # noqa: PLC0415 see above
        from desk.knowledge.search.source import SourceArticle, SourcePassage  # noqa: PLC0415

        # First: what changes while the articles are read has a later revision.
        state = await self._database.run(embeddings.read_state)
        articles: dict[ArticleId, SourceArticle] = {}
        passages: dict[ArticleId, list[SourcePassage]] = {}
        for each in await read_passages(self._database):
            read = each.passage
            of = passages.setdefault(read.article_id, [])
            of.append(SourcePassage(read.passage_id, read.text, each.questions))
            articles[read.article_id] = SourceArticle(
                read.article_id, read.title, read.language, frozenset(read.tags), of
            )
        model = self._model
        vectors = await read_vectors(self._database, model) if model else {}
        searcher = await asyncio.to_thread(
            build_searcher, list(articles.values()), state.revision, vectors
        )
        return searcher, state
