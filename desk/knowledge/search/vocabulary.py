"""The words of all passages, and which of them a word of a question may mean."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

from desk.knowledge.search.lexicon import load_lexicon
from desk.knowledge.search.words import stem

# How alike two words are by the way in which they were found to mean the same.
SAME_STEM, SAME_CONCEPT, KIND_OF, SAME_BEGINNING, TYPO = 0.95, 0.8, 0.7, 0.6, 0.85
_MIN_TYPO_LENGTH, _SHORT, _LONG = 4, 5, 8
_MIN_BEGINNING, _BEGINNING_SHARE = 4, 0.6


class Vocabulary:
    """Words by number; built once, then only read."""

    def __init__(self, words: Iterable[str]) -> None:
        lexicon = load_lexicon()
        self.words = sorted(set(words))
        self.number = {word: at for at, word in enumerate(self.words)}
        self._by_stem: dict[str, list[int]] = {}
        self._by_concept: dict[int, list[int]] = {}
        self._concepts_of_stem = _list_concepts_by_stem(lexicon.concepts)
        self._generic = {each for word in lexicon.generic_words for each in stem(word)}
        for at, word in enumerate(self.words):
            for each in set(stem(word)):
                self._by_stem.setdefault(each, []).append(at)
            for concept in self._find_concepts(word):
                self._by_concept.setdefault(concept, []).append(at)
        known = {*self.words, *lexicon.concepts, *lexicon.kinds}
        self._spellings = sorted(each for each in known if len(each) >= _MIN_TYPO_LENGTH)

    def match(self, word: str) -> dict[int, float]:
        """Return the vocabulary's words that mean the same, and how surely, up to 1."""
        found = self._match_known(word)
        if found or word in load_lexicon().concepts or word in load_lexicon().kinds:
            return found
        meant = self._repair(word)
        if meant is None:
            return found
        return {at: sim * TYPO for at, sim in self._match_known(meant).items()}

    def _match_known(self, word: str) -> dict[int, float]:
        """Match a word that is spelled right."""
        found: dict[int, float] = {}
        for at in self._list_same_beginnings(word):
            found[at] = SAME_BEGINNING
        for group in load_lexicon().kinds.get(word, ()):
            for at in self._list_same_meaning(group):
                found[at] = KIND_OF
        for concept in self._find_concepts(word):
            for at in self._by_concept.get(concept, ()):
                found[at] = SAME_CONCEPT
        for each in stem(word):
            for at in self._by_stem.get(each, ()):
                found[at] = SAME_STEM
        if word in self.number:
            found[self.number[word]] = 1.0
        return found

    def _list_same_meaning(self, word: str) -> Iterable[int]:
        for concept in self._find_concepts(word):
            yield from self._by_concept.get(concept, ())
        for each in stem(word):
            yield from self._by_stem.get(each, ())

    def is_common(self, word: str) -> bool:
        """Return whether a word is in the word lists: others are names, or of one trade only."""
        lexicon = load_lexicon()
        if word[0] == "?" or word in lexicon.generic_words or word in lexicon.concepts:
            return True
        stems = stem(word)
        return any(each in self._concepts_of_stem or each in self._generic for each in stems)

    def _find_concepts(self, word: str) -> frozenset[int]:
        direct = load_lexicon().concepts.get(word)
        if direct is not None:
            return direct
        none: frozenset[int] = frozenset()
        return none.union(*(self._concepts_of_stem.get(each, none) for each in stem(word)))

    def _list_same_beginnings(self, word: str) -> Iterable[int]:
        if len(word) < _MIN_BEGINNING or word.isdigit():
            return
        shortest = max(_MIN_BEGINNING, int(len(word) * _BEGINNING_SHARE + 0.99))
        beginning = word[:shortest]
        at = bisect_left(self.words, beginning)
        while at < len(self.words) and self.words[at].startswith(beginning):
            other = self.words[at]
            if _share_beginning(word, other):
                yield at
            at += 1

    def _repair(self, word: str) -> str | None:
        """Return the known word of which this one is a misspelling."""
        if len(word) < _MIN_TYPO_LENGTH or any(each.isdigit() for each in word):
            return None
        most = 2 if len(word) >= _LONG else 1
        near = process.extract(
            word, self._spellings, scorer=OSA.distance, score_cutoff=most, limit=5
        )
        for candidate, distance, _ in near:
            if candidate[0] != word[0]:
                continue
            # In a short word another letter makes another word: Japan is no `jalan`.
            if max(len(word), len(candidate)) <= _SHORT and _is_substitution(word, candidate):
                continue
            if distance <= most:
                return str(candidate)
        return None


def _share_beginning(word: str, other: str) -> bool:
    common = 0
    for one, two in zip(word, other, strict=False):
        if one != two:
            break
        common += 1
    return common >= _BEGINNING_SHARE * max(len(word), len(other))


def _is_substitution(word: str, other: str) -> bool:
    return len(word) == len(other) and sorted(word) != sorted(other)


def _list_concepts_by_stem(concepts: Mapping[str, frozenset[int]]) -> dict[str, frozenset[int]]:
    by_stem: dict[str, frozenset[int]] = {}
    for word, numbers in concepts.items():
        for each in set(stem(word)):
            by_stem[each] = by_stem.get(each, frozenset()) | numbers
    return by_stem
