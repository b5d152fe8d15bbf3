"""Makes the words of others harmless for a prompt: they cannot close a block or hide. Pure."""

import re
import unicodedata
from functools import lru_cache

# The brackets of our own blocks, in every width that a model may read as such, become quotes.
_OPENING, _CLOSING = "\u2039", "\u203a"
_BRACKETS = str.maketrans(
    {**dict.fromkeys("<\uff1c\ufe64", _OPENING), **dict.fromkeys(">\uff1e\ufe65", _CLOSING)}
)
# The marks with which chat templates of models begin a role.
_ROLE_MARKS = re.compile(r"\[(/?)(INST|SYS|SYSTEM|ASSISTANT|USER)\]", re.IGNORECASE)
_FENCE = re.compile(r"`{3,}|~{3,}")
_KEPT_CONTROLS = frozenset("\n\t")
# Hidden: control and format characters, private use, half characters.
_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs"})
_BLANK_LINES = re.compile(r"\n{3,}")


# Passages, products and styles come again in each turn.
_TEXTS_KEPT = 512


@lru_cache(maxsize=_TEXTS_KEPT)
def neutralise(text: str, limit: int) -> str:
    """Return a text that stays inside of its block, at most `limit` characters of it."""
    visible = strip_hidden(text.replace("\r\n", "\n").replace("\r", "\n"))
    marked = _ROLE_MARKS.sub(r"(\1\2)", visible.translate(_BRACKETS))
    tidy = _BLANK_LINES.sub("\n\n", _FENCE.sub("'''", marked)).strip()
    return tidy if len(tidy) <= limit else f"{tidy[: limit - 1]}…"


def neutralise_line(text: str, limit: int) -> str:
    """Return a text for one line between quotation marks, such as a name or a title."""
    line = " ".join(neutralise(text, limit * 4).split()).replace('"', "'")
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def restore_brackets(text: str) -> str:
    """Return a text with the brackets that neutralise() replaced, to compare quotes."""
    return text.replace(_OPENING, "<").replace(_CLOSING, ">")


def strip_hidden(text: str) -> str:
    """Return a text without the characters that nobody sees."""
    hidden = {char for char in set(text) - _KEPT_CONTROLS if unicodedata.category(char) in _HIDDEN}
    return text.translate(dict.fromkeys(map(ord, hidden))) if hidden else text
