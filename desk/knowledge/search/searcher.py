"""Search an index, and estimate how surely the best passage answers."""

from collections.abc import Sequence
from dataclasses import dataclass

from desk.knowledge.limits import MAX_ASKED
from desk.knowledge.ports import EVERYTHING, FoundPassage, SearchResult, SearchScope
from desk.knowledge.search.calibration import Calibration, Model, load_calibration
from desk.knowledge.search.features import Ranked, describe_best, rank
from desk.knowledge.search.index import Index
from desk.knowledge.search.language import detect_language
from desk.knowledge.search.matching import match_question
from desk.knowledge.search.source import SourceArticle

MOST_ARTICLES = 3
# From this likeness on it is the typical question itself, word for word; and how sure that is.
_SAME_QUESTION, _SURE = 0.99, 0.97


@dataclass(frozen=True, slots=True)
class Searcher:
    """One revision of the knowledge, ready to be searched from any thread."""

    index: Index
    revision: int
    calibration: Calibration

    @property
    def model(self) -> Model:
        return self.calibration.choose(has_questions=self.index.has_questions)

    def search(
        self,
        question: str,
        *,
        language: str | None = None,
        limit: int = 3,
        scope: SearchScope = EVERYTHING,
    ) -> SearchResult:
        """Search the passages of the articles in the scope."""
        text = question[:MAX_ASKED]
        spoken = detect_language(text) or language
        match = match_question(self.index, text, spoken, self._list_allowed(scope))
        ranked = rank(match, self.model.rank)
        if not ranked:
            return SearchResult((), (), 0.0, spoken, self.revision)
        features = describe_best(self.index, text, match, ranked)
        least = _SURE if features["question"] >= _SAME_QUESTION else 0.0
        return SearchResult(
            tuple(self._show(each) for each in ranked[:limit]),
            self._find_articles(ranked),
            max(least, self.model.article.estimate(features)),
            spoken,
            self.revision,
            max(least, self.model.passage.estimate(features)),
        )

    def _list_allowed(self, scope: SearchScope) -> set[int] | None:
        if scope.tags is None:
            return None
        wanted = set(scope.tags)
        return {at for at, each in enumerate(self.index.articles) if each.tags & wanted}

    def _find_articles(self, ranked: Sequence[Ranked]) -> tuple[FoundPassage, ...]:
        """Find the best passage of each of the best articles."""
        best: dict[int, Ranked] = {}
        for each in ranked:
            best.setdefault(self.index.entries[each.candidate.entry].article, each)
            if len(best) == MOST_ARTICLES:
                break
        return tuple(self._show(each) for each in best.values())

    def _show(self, ranked: Ranked) -> FoundPassage:
        entry = self.index.entries[ranked.candidate.entry]
        article, passage = self.index.articles[entry.article], entry.passage
        return FoundPassage(
            passage.passage_id,
            article.article_id,
            article.title,
            passage.text,
            article.language,
            ranked.score,
        )


def build_searcher(articles: Sequence[SourceArticle], revision: int) -> Searcher:
    """Build an index with the shipped weights; it takes seconds for 10,000 passages."""
    return Searcher(Index(articles), revision, load_calibration())
