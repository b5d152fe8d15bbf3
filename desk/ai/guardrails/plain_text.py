"""Texts as the guardrails compare them: one form for what looks the same. Pure."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TypeVar

from desk.ai.prompt.neutralise import restore_brackets, strip_hidden
from desk.knowledge.search.language import detect_language

T = TypeVar("T")
# Texts of articles, products and rules come again in each turn.
_TEXTS_KEPT = 512
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_QUOTES = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a", "'") | dict.fromkeys("\u201c\u201d\u201e", '"')
)
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_CLAUSE_END = re.compile(r"[,;:()]\s+|\s[-]\s|\b(?:but|and|so|tapi|tetapi|dan|jadi|namun)\b")


def remembered(read: Callable[[str], T]) -> Callable[[str], T]:
    """Keep what a pure function has read from the last texts."""
    return lru_cache(maxsize=_TEXTS_KEPT)(read)


@remembered
def to_plain(text: str) -> str:
    """Return a text in one form: compatible characters, plain quotes and dashes, lower case."""
    joined = strip_hidden(unicodedata.normalize("NFKC", restore_brackets(text)))
    return _DASHES.sub("-", joined.translate(_QUOTES)).casefold()


def squeeze(text: str) -> str:
    """Return a plain text with single spaces."""
    return " ".join(to_plain(text).split())


def list_words(text: str) -> list[str]:
    """Return the words of a text in one form."""
    return _WORD.findall(to_plain(text))


@remembered
def find_language(text: str) -> str | None:
    """Return the language of a text, as far as its words tell it."""
    return detect_language(text)


def split_sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a plain text."""
    return (each for each in _SENTENCE_END.split(text) if each.strip())


def split_clauses(text: str) -> Iterator[str]:
    """Yield the clauses of a plain text: what one negation can reach."""
    for sentence in split_sentences(text):
        yield from (each for each in _CLAUSE_END.split(sentence) if each.strip())
