"""What a match says about its best passage: the numbers that the confidence is computed from."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from desk.knowledge.search.index import Index
from desk.knowledge.search.matching import Candidate, Match
from desk.knowledge.search.own_account import is_about_own, is_surely_about_own
from desk.knowledge.search.words import fold

# The numbers of a candidate that order the candidates.
RANK_FEATURES = (
    "bm25",
    "coverage",
    "article_coverage",
    "title",
    "question",
    "question_forward",
    "question_backward",
)
# Candidates that share the probability of being the best.
_RIVALS = 10
# From this likeness a word of the question counts as found.
_FOUND = 0.6
# From this likeness a typical question says nearly the same.
_ALIKE = 0.5
_NOT_ZERO = 0.1


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate and its score: higher is better."""

    score: float
    candidate: Candidate


def rank(match: Match, weights: Mapping[str, float]) -> list[Ranked]:
    """Order the candidates of a match, best first."""
    ranked = [Ranked(_score(each, weights), each) for each in match.candidates]
    ranked.sort(key=lambda each: (-each.score, each.candidate.entry))
    return ranked


def _score(candidate: Candidate, weights: Mapping[str, float]) -> float:
    return sum(weight * read_feature(candidate, name) for name, weight in weights.items())


def read_feature(candidate: Candidate, name: str) -> float:
    """Return one of the rank features."""
    value: float = getattr(candidate, name)
    return value


def describe_best(
    index: Index, question: str, match: Match, ranked: Sequence[Ranked]
) -> dict[str, float]:
    """Return the numbers that tell whether the first candidate answers; there must be one."""
    best = ranked[0].candidate
    entry = index.entries[best.entry]
    found = [
        max([here, *(sim for at, sim in word.matches.items() if at in entry.question_words)])
        for word, here in zip(match.words, best.found, strict=True)
    ]
    hit = sum(word.weight * each for word, each in zip(match.words, found, strict=True))
    unknown = [
        word.weight
        for word in match.words
        if not word.matches and not index.vocabulary.is_common(word.word)
    ]
    hits = sum(
        each >= _FOUND and word.word[0] != "?"
        for word, each in zip(match.words, found, strict=True)
    )
    plain = fold(question)
    return {
        "score": ranked[0].score,
        "share": _share_of_article(index, ranked),
        "log_hit": math.log(hit + _NOT_ZERO),
        "coverage": hit / match.weight,
        "unknown": max(unknown, default=0.0),
        "few_hits": float(hits <= 1),
        "question": best.question,
        "question_alike": max(0.0, best.question - _ALIKE),
        "own": float(is_about_own(plain)),
        "surely_own": float(is_surely_about_own(plain)),
    }


def _share_of_article(index: Index, ranked: Sequence[Ranked]) -> float:
    """Return the probability of the first candidate's article among the best candidates."""
    top = ranked[0].score
    article = index.entries[ranked[0].candidate.entry].article
    rivals = [
        (math.exp(each.score - top), index.entries[each.candidate.entry].article)
        for each in ranked[:_RIVALS]
    ]
    return sum(e for e, of in rivals if of == article) / sum(e for e, _ in rivals)
