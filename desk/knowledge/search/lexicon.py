"""Word lists of English and Indonesian: function words, slang, and words of one meaning."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_DATA = files("desk.knowledge") / "data"
LANGUAGES = ("en", "id")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What is known about words before any article is read."""

    # By language.
    function_words: Mapping[str, frozenset[str]]
    all_function_words: frozenset[str]
    generic_words: frozenset[str]
    # What an abbreviation or a slang word stands for.
    slang: Mapping[str, tuple[str, ...]]
    # The longest first: words that are kept as one.
    phrases: Mapping[tuple[str, ...], tuple[str, ...]]
    longest_phrase: int
    # The numbers of the lines in which a word stands with others of its meaning.
    concepts: Mapping[str, frozenset[int]]
    # What a word is a kind of: a poodle is a dog.
    kinds: Mapping[str, frozenset[str]]


@cache
def load_lexicon() -> Lexicon:
    """Load the word lists; they take some milliseconds and about a megabyte, once."""
    function_words = {
        each: frozenset(" ".join(_read_lines(f"function_words_{each}.txt")).split())
        for each in LANGUAGES
    }
    slang = {
        word: tuple(meaning)
        for word, *meaning in (line.split() for line in _read_lines("slang.txt"))
    }
    phrases = {
        tuple(left.split()): tuple(right.split())
        for left, right in (line.split(" = ") for line in _read_lines("phrases.txt"))
    }
    return Lexicon(
        function_words,
        frozenset().union(*function_words.values()),
        frozenset(" ".join(_read_lines("generic_words.txt")).split()),
        slang,
        phrases,
        max(len(each) for each in phrases),
        _read_concepts(),
        _read_kinds(slang),
    )


def _read_concepts() -> dict[str, frozenset[int]]:
    concepts: dict[str, set[int]] = {}
    for number, line in enumerate(_read_lines("concepts.txt")):
        for word in line.replace("=", " ").split():
            concepts.setdefault(word, set()).add(number)
    return {word: frozenset(numbers) for word, numbers in concepts.items()}


def _read_kinds(slang: Mapping[str, tuple[str, ...]]) -> dict[str, frozenset[str]]:
    kinds: dict[str, set[str]] = {}
    for line in _read_lines("kinds.txt"):
        groups, members = line.split(":")
        for word in members.split():
            # A question is searched with its slang spelled out.
            spelled = slang.get(word, (word,))
            kinds.setdefault(spelled[-1], set()).update(groups.split())
    return {word: frozenset(groups) for word, groups in kinds.items()}


def _read_lines(name: str) -> Iterator[str]:
    for line in (_DATA / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line
