"""Names of files: what people call them is shown, and never a place on our disk."""

import re
import unicodedata

_LONGEST = 120
_LONGEST_END = 16
# Separators of paths, and what some system takes for more than a letter.
_NO_LETTERS = re.compile(r'[\\/:*?"<>|%`]+')
_SPACES = re.compile(r"\s+")


def clean_name(given: str | None) -> str | None:
    """Make a name safe to show and to send; None where nothing of it is left.

    No folder, no control or invisible character, no dot in front; at most 120 characters, of which
    the last are its extension.
    """
    name = unicodedata.normalize("NFC", given or "").replace("\\", "/").rpartition("/")[2]
    name = "".join(each for each in _SPACES.sub(" ", name) if _is_visible(each))
    name = _NO_LETTERS.sub("_", name).strip(" .")
    if len(name) <= _LONGEST:
        return name or None
    stem, dot, end = name.rpartition(".")
    if not dot or len(end) > _LONGEST_END:
        return name[:_LONGEST].rstrip(" .")
    return stem[: _LONGEST - len(end) - 1].rstrip(" .") + dot + end


def _is_visible(character: str) -> bool:
    """Tell letters and spaces from controls, marks of direction, surrogates and the unassigned."""
    return character == " " or unicodedata.category(character)[0] not in {"C", "Z"}
