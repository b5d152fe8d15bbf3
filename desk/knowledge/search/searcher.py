"""Search an index, and estimate how surely the best passage answers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from desk.knowledge.embedded_texts import hash_text, list_texts
from desk.knowledge.limits import MAX_ASKED
from desk.knowledge.ports import EVERYTHING, FoundPassage, SearchResult, SearchScope
from desk.knowledge.search.calibration import Calibration, Model, load_calibration
from desk.knowledge.search.features import Ranked, describe_best, rank
from desk.knowledge.search.index import Index
from desk.knowledge.search.language import detect_language
from desk.knowledge.search.matching import Match, add_candidates, match_question
from desk.knowledge.search.source import SourceArticle
from desk.knowledge.search.vectors import PassageVectors

MOST_ARTICLES = 3
# From this likeness on it is the typical question itself, word for word; and how sure that is.
_SAME_QUESTION, _SURE = 0.99, 0.97


@dataclass(frozen=True, slots=True)
class Searcher:
    """One revision of the knowledge, ready to be searched from any thread."""

    index: Index
    revision: int
    calibration: Calibration
    vectors: PassageVectors | None = None

    @property
    def has_vectors(self) -> bool:
        return self.vectors is not None

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
        vector: Sequence[float] | None = None,
    ) -> SearchResult:
        """Search the passages of the articles in the scope.

        `vector`: of the question; what is near it counts beside the words.
        """
        text = question[:MAX_ASKED]
        spoken = detect_language(text) or language
        allowed = self._list_allowed(scope)
        match = match_question(self.index, text, spoken, allowed)
        ranked = rank(match, self.model.rank, self._find_near(match, vector, allowed))
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

    def _find_near(
        self, match: Match, vector: Sequence[float] | None, allowed: set[int] | None
    ) -> Mapping[int, float]:
        """Find the passages that are near, and add them to those that have words in common."""
        if vector is None or self.vectors is None or not match.weight:
            return {}
        near = self.vectors.compare(vector, {each.entry for each in match.candidates})
        add_candidates(self.index, match, near, allowed)
        return near

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


def build_searcher(
    articles: Sequence[SourceArticle], revision: int, vectors: Mapping[str, bytes] | None = None
) -> Searcher:
    """Build an index with the shipped weights; it takes seconds for 10,000 passages.

    `vectors`: by the hashes of the texts. Texts without one are found by their words.
    """
    index = Index(articles)
    stored = list(_list_vectors(index, vectors)) if vectors else []
    return Searcher(index, revision, load_calibration(), PassageVectors(stored) if stored else None)


def _list_vectors(index: Index, vectors: Mapping[str, bytes]) -> Iterator[tuple[int, bytes]]:
    for number, entry in enumerate(index.entries):
        passage = entry.passage
        for text in list_texts(
            index.articles[entry.article].title, passage.text, passage.questions
        ):
            vector = vectors.get(hash_text(text))
            if vector is not None:
                yield number, vector
