"""Match a customer's words with those of a rule; pure functions.

Words are compared in one spelling. Patterns are those of RE2, which needs a time that grows with
the text and no faster, so that no text and no pattern stops the desk.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from db.tables import RuleMatch

# No rule looks at more of a text.
MAX_TEXT_LENGTH = 5_000
# Bytes for a compiled pattern and for its states while it matches.
_MAX_PATTERN_MEMORY = 1_000_000
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")
_SPACE = re.compile(r"\s+")
# What cannot be seen: an app may put it between letters.
_UNSEEN = re.compile("[\u200b-\u200f\u2060\ufeff\ufe0f]")
_EDGES = " \t.,;:!?…¡¿\"'()"


class InvalidPatternError(ValueError):
    """A pattern that is no regular expression, or is too large."""


def normalize(text: str) -> str:
    """Return a text in one spelling: small letters, single spaces, "haloooo" as "halo"."""
    plain = unicodedata.normalize("NFKC", _UNSEEN.sub("", text[:MAX_TEXT_LENGTH])).casefold()
    return _SPACE.sub(" ", _REPEATED.sub(r"\1", plain)).strip()


def matches_words(kind: RuleMatch, words: Sequence[str], text: str) -> bool:
    """Check whether a text is one of the words, contains one, or has one as a whole word."""
    spelt = [each for word in words if (each := normalize(word))]
    normal = normalize(text)
    if kind is RuleMatch.EXACT:
        return _strip(normal) in {_strip(each) for each in spelt}
    if kind is RuleMatch.CONTAINS:
        return any(each in normal for each in spelt)
    return any(_find_whole(word, normal) for word in spelt)


def _strip(text: str) -> str:
    """Return a text without the marks around it, unless it consists of them."""
    return text.strip(_EDGES) or text


def _find_whole(word: str, text: str) -> bool:
    begin = text.find(word)
    while begin >= 0:
        end = begin + len(word)
        if not (_continues(text, begin) or _continues(text, end)):
            return True
        begin = text.find(word, begin + 1)
    return False


def _continues(text: str, at: int) -> bool:
    """Check whether a word goes on from the character before this place to the one behind it."""
    return 0 < at < len(text) and _is_letter(text[at - 1]) and _is_letter(text[at])


def _is_letter(character: str) -> bool:
    return character.isalnum() or character == "_"


def matches_pattern(pattern: str, text: str) -> bool:
    """Check whether a text matches a pattern, in small and capital letters alike.

    Raises InvalidPatternError.
    """
    plain = unicodedata.normalize("NFKC", text[:MAX_TEXT_LENGTH])
    return _compile(pattern).search(plain) is not None


def check_pattern(pattern: str) -> None:
    """Raise InvalidPatternError, which says what is wrong with a pattern."""
    _compile(pattern)


@lru_cache(maxsize=256)
def _compile(pattern: str) -> Any:
    import re2  # noqa: PLC0415 only a desk with such a rule loads the library

    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = _MAX_PATTERN_MEMORY
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else "it is not valid"
        words = reason.decode() if isinstance(reason, bytes) else str(reason)
        raise InvalidPatternError(words) from error
