"""What a customer's words say as a rating: pure functions."""

import re

# The digit may be a keycap emoji, and the scale may stand behind it.
_DIGIT = r"([1-5])\ufe0f?\u20e3?(?:\s*/\s*5)?"
_ALONE = re.compile(rf"{_DIGIT}\s*[.!]*")
_FIRST = re.compile(rf"{_DIGIT}(?!\d)(?:\s+|\s*[.,:;!-]\s*)(\S.*)", re.DOTALL)
_STARS = re.compile(r"(?:[⭐★]\ufe0f?\s*){1,5}")
_STAR = re.compile("[⭐★]")


def read_rating(text: str) -> int | None:
    """Return the rating that a text is, and nothing but that; None if it is something else."""
    text = text.strip()
    if found := _ALONE.fullmatch(text):
        return int(found[1])
    return len(_STAR.findall(text)) if _STARS.fullmatch(text) else None


def split_rating(text: str) -> tuple[int | None, str | None]:
    """Return the rating at the beginning of a text, and the comment behind it.

    For a text that is known to be about a rating: it may be either alone.
    """
    if (rating := read_rating(text)) is not None:
        return rating, None
    if found := _FIRST.fullmatch(text.strip()):
        return int(found[1]), found[2]
    return None, text.strip() or None


def draw_rating(rating: int) -> str:
    """Draw a rating as stars."""
    return "★" * rating + "☆" * (5 - rating)
