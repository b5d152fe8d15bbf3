"""What rules match, in both languages; and what no text and no pattern can do."""

import pytest

from db.tables import RuleMatch
from desk.auto_replies.matching import (
    InvalidPatternError,
    check_pattern,
    matches_pattern,
    matches_words,
    normalize,
)

EXACT, CONTAINS, WORD = RuleMatch.EXACT, RuleMatch.CONTAINS, RuleMatch.WORD
GREETINGS = ["halo", "hai", "hello"]
PRICES = ["harga", "berapa", "cost", "jam buka"]


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("  Halo\n\tkak ", "halo kak"),
        ("HALOOOO", "halo"),
        ("hellooo", "hello"),
        ("1000 2222", "1000 2222"),
        ("\N{FULLWIDTH LATIN SMALL LETTER H}alo", "halo"),
        ("ha\u200blo", "halo"),
        ("\N{WAVING HAND SIGN}\ufe0f", "\N{WAVING HAND SIGN}"),
        ("STRASSE straße", "strasse strasse"),
        ("", ""),
    ],
)
def test_texts_have_one_spelling(text: str, spelt: str) -> None:
    assert normalize(text) == spelt


@pytest.mark.parametrize(
    ("kind", "words", "text", "expected"),
    [
        (EXACT, GREETINGS, "Halo!", True),
        (EXACT, GREETINGS, "“halo”", False),
        (EXACT, GREETINGS, "halo kak", False),
        (EXACT, ["?"], "?", True),
        (EXACT, ["?"], "??", False),
        (EXACT, ["jam buka"], "Jam  Buka?", True),
        (CONTAINS, PRICES, "harganya?", True),
        (CONTAINS, PRICES, "mahal", False),
        (CONTAINS, ["", "   ", "\u200b"], "anything", False),
        (WORD, GREETINGS, "Haiii kak", True),
        (WORD, GREETINGS, "bahaya", False),
        (WORD, GREETINGS, "hai, apa kabar", True),
        (WORD, GREETINGS, "(hello)", True),
        (WORD, PRICES, "how much does it cost", True),
        (WORD, PRICES, "costs", False),
        (WORD, PRICES, "costs? the cost!", True),
        (WORD, PRICES, "kapan jam buka toko", True),
        (WORD, ["c++"], "I write c++ code", True),
        (WORD, ["價格"], "價格", True),
        (WORD, ["\N{WAVING HAND SIGN}"], "hi\N{WAVING HAND SIGN}you", True),
        (WORD, GREETINGS, "", False),
        (WORD, ["x" * 190], "x" * 5000, True),
        (WORD, ["a b"], "a b" * 3000, False),
    ],
)
def test_words(kind: RuleMatch, words: list[str], text: str, expected: bool) -> None:
    assert matches_words(kind, words, text) is expected


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        (r"\b(harga|price)\b", "Berapa HARGA ini?", True),
        (r"^order #?\d+$", "order #17", True),
        (r"^order #?\d+$", "my order #17", False),
        ("(x+x+)+y", "x" * 5000, False),
        ("(.*)(.*)(.*)(.*)[ab]{1,200}z", "ab" * 2500, False),
        ("(a|aa)+$", "a" * 4999 + "b", False),
        ("end$", "x" * 5000 + "end", False),
    ],
)
def test_patterns(pattern: str, text: str, expected: bool) -> None:
    assert matches_pattern(pattern, text) is expected


@pytest.mark.parametrize(
    "pattern", ["(", "[", "*", r"(a)\1", "(?=a)", "((a{1,30}){1,30}){1,30}", "a{1000}{1000}"]
)
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(InvalidPatternError) as refused:
        check_pattern(pattern)
    assert str(refused.value)
