"""The index: which passages and typical questions have which words. Built once, then only read."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from desk.knowledge.search.intents import list_asked, list_told
from desk.knowledge.search.lexicon import load_lexicon
from desk.knowledge.search.source import SourceArticle, SourcePassage
from desk.knowledge.search.vocabulary import Vocabulary
from desk.knowledge.search.words import keep_content, split_words

# How much a word counts beside one that is about something.
_GENERIC, _ASKED, _NUMBER = 0.3, 0.4, 0.5
_MIN_RARITY = 0.25
# How often a word of the title counts beside one of the text.
_TITLE_COUNT = 1.5
# BM25's usual settings.
_SATURATION, _LENGTH_SHARE = 1.2, 0.5


@dataclass(frozen=True, slots=True)
class Entry:
    """A passage in the index."""

    article: int
    passage: SourcePassage
    # What its length does to the weight of its words.
    length_factor: float
    # The words of its typical questions.
    question_words: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Unit:
    """A typical question, or the title, of a passage; `weight`: of all its words."""

    entry: int
    weight: float
    is_title: bool


@dataclass(frozen=True, slots=True)
class QuestionWord:
    """A word of a question; `matches`: words of the vocabulary that mean it, and how surely."""

    word: str
    weight: float
    matches: Mapping[int, float]


class Index:
    """The words of all passages."""

    def __init__(self, articles: Iterable[SourceArticle]) -> None:
        self.articles = list(articles)
        # Words of earlier questions.
        self.words_read: dict[str, QuestionWord] = {}
        texts = _Texts(self.articles)
        self.vocabulary = Vocabulary(texts.list_words())
        number = self.vocabulary.number
        lengths = [sum(words.values()) for _, _, words in texts.passages]
        average = (sum(lengths) / len(lengths) if lengths else 1.0) or 1.0
        # By word: where it is, and how often.
        self.postings: list[list[tuple[int, float]]] = [[] for _ in number]
        self.entries: list[Entry] = []
        for (article, passage, words), length in zip(texts.passages, lengths, strict=True):
            norm = 1 - _LENGTH_SHARE + _LENGTH_SHARE * length / average
            factor = _SATURATION * norm
            for word, count in words.items():
                self.postings[number[word]].append((len(self.entries), count))
            self.entries.append(Entry(article, passage, factor))
        # By word: the passages that have it, or one of whose typical questions has it.
        self.holders = [{entry for entry, _ in found} for found in self.postings]
        units = texts.list_units()
        for entry, _, unit_words in units:
            for word in unit_words:
                self.holders[number[word]].add(entry)
        # By word: how much it counts in a typical question.
        self.weight = [
            weigh(word) * self._rate(len(found))
            for word, found in zip(self.vocabulary.words, self.holders, strict=True)
        ]
        self.unit_postings: list[list[int]] = [[] for _ in number]
        self.units: list[Unit] = []
        for entry, is_title, unit_words in units:
            self._add_unit(entry, unit_words, is_title=is_title)
        with_questions = sum(bool(each.passage.questions) for each in self.entries)
        self.has_questions = with_questions * 2 >= len(self.entries) > 0

    def _add_unit(self, entry: int, words: Sequence[str], *, is_title: bool) -> None:
        numbers = {self.vocabulary.number[word] for word in words}
        weight = sum(self.weight[at] for at in numbers)
        if not weight:
            return
        for at in numbers:
            self.unit_postings[at].append(len(self.units))
        self.units.append(Unit(entry, weight, is_title))
        if not is_title:
            self.entries[entry].question_words.update(numbers)

    def rate_matches(self, matches: Iterable[int]) -> float:
        """Return how rare a word is that these words of the vocabulary mean, up to 1."""
        return self._rate(len(set[int]().union(*(self.holders[at] for at in matches))))

    def _rate(self, count: int) -> float:
        total = len(self.entries)
        highest = math.log(1 + (total + 0.5) / 0.5)
        rare = math.log(1 + (total - count + 0.5) / (count + 0.5)) / highest
        return max(_MIN_RARITY, rare)


def weigh(word: str) -> float:
    """Return how much a word counts, whatever the articles are about."""
    if word[0] == "?":
        return _ASKED
    if word.isdigit():
        return _NUMBER
    return _GENERIC if word in load_lexicon().generic_words else 1.0


def saturate(count: float, length_factor: float) -> float:
    """Return the share of its weight that a word gets for standing so often in a passage."""
    return count * (_SATURATION + 1) / (count + length_factor) / (_SATURATION + 1)


def list_question_words(question: str, most: int | None = None) -> list[str]:
    """List the words of a question that count, each once, with what it asks for."""
    words = keep_content(split_words(question, most))
    return list(dict.fromkeys([*words, *list_asked(question)]))


class _Texts:
    """The words of all articles, before they are numbered."""

    def __init__(self, articles: Sequence[SourceArticle]) -> None:
        self.passages: list[tuple[int, SourcePassage, Counter[str]]] = []
        self._units: list[tuple[int, bool, list[str]]] = []
        for number, article in enumerate(articles):
            title = keep_content(split_words(" ".join([article.title, *sorted(article.tags)])))
            for passage in article.passages:
                words: Counter[str] = Counter(keep_content(split_words(passage.text)))
                words.update(list_told(passage.text))
                for word in title:
                    words[word] += _TITLE_COUNT  # type: ignore[assignment]
                at = len(self.passages)
                self._units += [(at, False, list_question_words(q)) for q in passage.questions]
                self._units.append((at, True, title))
                self.passages.append((number, passage, words))

    def list_words(self) -> set[str]:
        """List every word."""
        of_passages = {word for _, _, words in self.passages for word in words}
        return of_passages | {word for _, _, words in self._units for word in words}

    def list_units(self) -> list[tuple[int, bool, list[str]]]:
        """List typical questions and titles, with the number of their passage."""
        return self._units
