"""The knowledge of this process: an index that is built when it is first needed.

The search and its libraries are imported then, too, so a desk without AI agents does not pay for
them.
"""

import asyncio
from typing import TYPE_CHECKING

from db.database import Database, Transaction
from db.ids import ArticleId, PassageId
from db.queries.knowledge import articles as queries
from db.queries.knowledge.articles import IndexedPassage
from desk.knowledge.ports import EVERYTHING, FoundPassage, SearchResult, SearchScope

if TYPE_CHECKING:
    from desk.knowledge.search.searcher import Searcher

# Passages that are read in one transaction.
_READ_AT_ONCE = 500


class KnowledgeBase:
    """Searches the active articles, always in the newest revision."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._searcher: Searcher | None = None
        self._building = asyncio.Lock()

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
    ) -> SearchResult:
        """Search the newest revision; while it is being built, other callers search the former."""
        searcher = await self._load()

        def work() -> SearchResult:
            return searcher.search(question, language=language, limit=limit, scope=scope)

        # In a thread: with very many articles it takes longer than others should wait.
        return await asyncio.to_thread(work)

    async def find_passage(self, passage_id: PassageId) -> FoundPassage | None:
        """Find a passage of an active article."""
        found = await self._database.run(lambda tx: queries.find_passage(tx, passage_id))
        if found is None:
            return None
        article, text = found
        return FoundPassage(passage_id, article.id, article.title, text, article.language, 0.0)

    async def _load(self) -> "Searcher":
        """Return an index of the newest revision, or of the former while that is being built."""
        revision = await self._database.run(queries.read_revision)
        current = self._searcher
        if current is not None and (current.revision == revision or self._building.locked()):
            return current
        async with self._building:
            if self._searcher is None or self._searcher.revision != revision:
                self._searcher = await self._build()
            return self._searcher

    async def _build(self) -> "Searcher":
        from desk.knowledge.search.searcher import build_searcher  # noqa: PLC0415 see above
        from desk.knowledge.search.source import SourceArticle, SourcePassage  # noqa: PLC0415

        # First: what changes while the articles are read has a later revision.
        revision = await self._database.run(queries.read_revision)
        articles: dict[ArticleId, SourceArticle] = {}
        passages: dict[ArticleId, list[SourcePassage]] = {}
        for read, questions in await self._read():
            of = passages.setdefault(read.article_id, [])
            of.append(SourcePassage(read.passage_id, read.text, questions))
            articles[read.article_id] = SourceArticle(
                read.article_id, read.title, read.language, frozenset(read.tags), of
            )
        return await asyncio.to_thread(build_searcher, list(articles.values()), revision)

    async def _read(self) -> list[tuple[IndexedPassage, tuple[str, ...]]]:
        """Read all passages with their typical questions, in many short transactions."""
        read: list[tuple[IndexedPassage, tuple[str, ...]]] = []
        after: tuple[ArticleId, int] | None = None

        async def read_part(tx: Transaction) -> tuple[ArticleId, int] | None:
            rows = await queries.list_indexed(tx, after, _READ_AT_ONCE)
            typical = await queries.read_typical_questions(
                tx, [each.passage_id for each, _ in rows]
            )
            read.extend((each, tuple(typical.get(each.passage_id, ()))) for each, _ in rows)
            if len(rows) < _READ_AT_ONCE:
                return None
            last, position = rows[-1]
            return last.article_id, position

        while (after := await self._database.run(read_part)) is not None:
            pass
        return read
