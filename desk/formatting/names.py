"""Clean the names that people give themselves, on every channel."""

import unicodedata

# Characters of other categories that show nothing: blank Braille, Hangul fillers, a null note head.
_BLANK = frozenset("\u2800\u115f\u1160\u3164\uffa0\U0001d159")
# These join letters and emoji. They show nothing by themselves.
_JOINERS = frozenset("\u200c\u200d")
# Format characters and controls can turn a line around or hide it. They are not part of a name.
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"})
# Flags of some regions end with tags, which are format characters.
_TAGS = range(0xE0020, 0xE0080)


def is_visible(text: str | None) -> bool:
    """Check whether a text has a character that can be seen."""
    return any(
        letter not in _BLANK and unicodedata.category(letter)[0] in "LNPS" for letter in text or ""
    )


def clean_name(name: str | None, max_length: int) -> str | None:
    """Return a name on one line, without characters that act on the text around it.

    Return None if nothing of it can be seen.
    """
    kept = "".join(letter if _is_kept(letter) else " " * letter.isspace() for letter in name or "")
    short = " ".join(kept.split())[:max_length].rstrip()
    return short if is_visible(short) else None


def _is_kept(letter: str) -> bool:
    if letter in _JOINERS or ord(letter) in _TAGS:
        return True
    return unicodedata.category(letter) not in _DROPPED
