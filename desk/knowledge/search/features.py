"""What a match says about its best passage: the numbers that the confidence is computed from."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from desk.knowledge.search.index import Index
from desk.knowledge.search.matching import Candidate, Match
from desk.knowledge.search.own_account import is_about_own, is_surely_about_own
from desk.knowledge.search.question_forms import (
    asks_for_thing,
    asks_yes_or_no,
    begins_as_yes_no,
)
from desk.knowledge.search.vocabulary import SAME_CONCEPT, SAME_STEM
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
    "same_language",
)
# What points to an article, each by itself: the words, or the typical questions.
_BY_WORDS = ("bm25", "coverage", "title", "article_coverage")
_BY_QUESTIONS = ("question", "question_forward", "question_backward")
# Candidates that share the probability of being the best.
_RIVALS = 10
# How much a vector counts beside the words, for each spread by which it is nearer than strangers.
_NEARNESS = 0.6
# A word that is found only as a kind of something, or by its beginning, is hardly found.
_CLOSE = SAME_CONCEPT - 0.05
_EXACT = SAME_STEM - 0.05


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate and its score: higher is better."""

    score: float
    candidate: Candidate


def rank(
    match: Match, weights: Mapping[str, float], near: Mapping[int, float] | None = None
) -> list[Ranked]:
    """Order the candidates of a match, best first; `near`: how near their vectors are."""
    near = near or {}
    ranked = [
        Ranked(_score(each, weights) + _NEARNESS * near.get(each.entry, 0.0), each)
        for each in match.candidates
    ]
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
    weights = [word.weight for word in match.words]
    plain = fold(question)
    # What is asked for, such as a price, is no word that the customer wrote.
    written = [word.word[0] != "?" for word in match.words]

    def weigh_found(fits: Callable[[float], bool]) -> float:
        return sum(w for w, each in zip(weights, found, strict=True) if fits(each))

    return {
        "share": _share_of_article(index, ranked),
        "votes": _count_votes(index, ranked, _BY_WORDS),
        "question_votes": _count_votes(index, ranked, _BY_QUESTIONS),
        "bm25": best.bm25,
        "question": best.question,
        "hit": sum(w * each for w, each in zip(weights, found, strict=True)),
        "close_hits": float(
            sum(is_word and each >= _CLOSE for is_word, each in zip(written, found, strict=True))
        ),
        "by_meaning": weigh_found(lambda each: _CLOSE <= each < _EXACT) / match.weight,
        "unmatched": sum(w.weight for w in match.words if not w.matches) / match.weight,
        "asked": float(len(written) - sum(written)),
        "length": math.log1p(len(plain.split())),
        "same_language": best.same_language,
        "yes_no_begins": float(begins_as_yes_no(plain)),
        "yes_no": float(asks_yes_or_no(plain)),
        "asks_for_thing": float(asks_for_thing(plain)),
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


def _count_votes(index: Index, ranked: Sequence[Ranked], names: Sequence[str]) -> float:
    """Return the share of these numbers that are highest for the first candidate's article."""
    article = index.entries[ranked[0].candidate.entry].article
    votes = 0
    for name in names:
        highest = max((read_feature(each.candidate, name), each.candidate.entry) for each in ranked)
        votes += highest[0] > 0 and index.entries[highest[1]].article == article
    return votes / len(names)
