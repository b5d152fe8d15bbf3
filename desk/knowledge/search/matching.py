"""Match a question with the index: what speaks for each passage, as numbers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from desk.knowledge.search.index import Index, QuestionWord, list_question_words, saturate, weigh
from desk.knowledge.search.words import MAX_WORDS

# Passages whose features are computed in full; the others have too few words of the question.
_MOST_CANDIDATES = 40

# From this likeness words of the vocabulary are other forms of a word, or its translation.
_CLOSE = 0.75
_CACHED = 5_000
# How much a word counts that no passage has.
_UNFOUND = 0.7


@dataclass(slots=True)
class Candidate:
    """A passage that has words of the question, and what speaks for it, from 0 to 1."""

    entry: int
    # By word of the question: how surely it is in the passage or its title.
    found: list[float]
    bm25: float = 0.0
    coverage: float = 0.0
    # The words of the whole article.
    article_coverage: float = 0.0
    title: float = 0.0
    question: float = 0.0
    # How much of the question is in the most similar typical question, and the other way round.
    question_forward: float = 0.0
    question_backward: float = 0.0
    # 1 if the article is in the language of the question, 0.5 if that is not known.
    same_language: float = 0.5


@dataclass(slots=True)
class Match:
    """A question beside all passages."""

    words: list[QuestionWord]
    weight: float
    candidates: list[Candidate] = field(default_factory=list)


def match_question(
    index: Index,
    question: str,
    language: str | None = None,
    allowed: Collection[int] | None = None,
) -> Match:
    """Match a question with every passage; the candidates come in no order.

    `language`: that of the question. `allowed`: the numbers of the articles that may be found.
    """
    words = [_read_word(index, each) for each in list_question_words(question, MAX_WORDS)]
    total = sum(each.weight for each in words)
    match = Match(words, total)
    if not total:
        return match
    by_entry = _match_passages(index, words)
    _match_units(index, words, total, by_entry)
    if allowed is not None:
        by_entry = {n: each for n, each in by_entry.items() if index.entries[n].article in allowed}
    of_article: dict[int, list[float]] = {}
    for each in by_entry.values():
        each.bm25 /= total
        each.coverage = sum(w.weight * f for w, f in zip(words, each.found, strict=True)) / total
        best = of_article.setdefault(index.entries[each.entry].article, [0.0] * len(words))
        for at, found in enumerate(each.found):
            best[at] = max(best[at], found)
    quick = sorted(
        by_entry.values(),
        key=lambda each: each.bm25 + each.coverage + each.question + each.title,
        reverse=True,
    )[:_MOST_CANDIDATES]
    for each in quick:
        best = of_article[index.entries[each.entry].article]
        covered = sum(w.weight * f for w, f in zip(words, best, strict=True))
        each.article_coverage = covered / total
        if language:
            spoken = index.articles[index.entries[each.entry].article].language
            each.same_language = float(spoken[:2] == language[:2])
    match.candidates = quick
    return match


def add_candidates(
    index: Index, match: Match, entries: Collection[int], allowed: Collection[int] | None
) -> None:
    """Add passages that have no word of the question, as far as they may be found."""
    known = {each.entry for each in match.candidates}
    match.candidates += [
        Candidate(entry, [0.0] * len(match.words))
        for entry in entries
        if entry not in known and (allowed is None or index.entries[entry].article in allowed)
    ]


def _read_word(index: Index, word: str) -> QuestionWord:
    cached = index.words_read.get(word)
    if cached is None:
        if len(index.words_read) >= _CACHED:
            index.words_read.clear()
        cached = index.words_read[word] = _match_word(index, word)
    return cached


def _match_word(index: Index, word: str) -> QuestionWord:
    matches = dict(index.vocabulary.match(word)) if word[0] != "?" else _match_asked(index, word)
    close = [at for at, sim in matches.items() if sim >= _CLOSE]
    rarity = index.rate_matches(close) if close else _UNFOUND
    return QuestionWord(word, weigh(word) * rarity, matches)


def _match_asked(index: Index, word: str) -> dict[int, float]:
    at = index.vocabulary.number.get(word)
    return {} if at is None else {at: 1.0}


def _match_passages(index: Index, words: Sequence[QuestionWord]) -> dict[int, Candidate]:
    by_entry: dict[int, Candidate] = {}
    for number, word in enumerate(words):
        counts: dict[int, float] = {}
        best: dict[int, float] = {}
        for at, sim in word.matches.items():
            for entry, count in index.postings[at]:
                counts[entry] = counts.get(entry, 0.0) + count * sim
                if sim > best.get(entry, 0.0):
                    best[entry] = sim
        for entry, sim in best.items():
            candidate = by_entry.get(entry)
            if candidate is None:
                candidate = by_entry[entry] = Candidate(entry, [0.0] * len(words))
            candidate.found[number] = sim
            factor = index.entries[entry].length_factor
            candidate.bm25 += word.weight * sim * saturate(counts[entry], factor)
    return by_entry


def _match_units(
    index: Index, words: Sequence[QuestionWord], total: float, by_entry: dict[int, Candidate]
) -> None:
    """Compare the question with typical questions and titles, in both directions."""
    forward: dict[int, float] = {}
    backward: dict[int, float] = {}
    for word in words:
        best: dict[int, tuple[float, int]] = {}
        for at, sim in word.matches.items():
            for unit in index.unit_postings[at]:
                if unit not in best or sim > best[unit][0]:
                    best[unit] = sim, at
        for unit, (sim, at) in best.items():
            forward[unit] = forward.get(unit, 0.0) + word.weight * sim
            backward[unit] = backward.get(unit, 0.0) + index.weight[at] * sim
    for number, covered in forward.items():
        unit_of = index.units[number]
        candidate = by_entry.get(unit_of.entry)
        if candidate is None:
            candidate = by_entry[unit_of.entry] = Candidate(unit_of.entry, [0.0] * len(words))
        # Two words of the question may mean the same word of the unit.
        back = min(1.0, backward[number] / unit_of.weight)
        _keep_likeness(candidate, covered / total, back, is_title=unit_of.is_title)


def _keep_likeness(candidate: Candidate, there: float, back: float, *, is_title: bool) -> None:
    likeness = 2 * there * back / (there + back)
    if is_title:
        candidate.title = max(candidate.title, likeness)
    elif likeness > candidate.question:
        candidate.question = likeness
        candidate.question_forward, candidate.question_backward = there, back
