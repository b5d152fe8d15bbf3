"""Results that are JSON text already, and lengths as Telegram counts them."""


class Encoded(str):
    """A result that is JSON text already and goes into the reply as it is."""

    __slots__ = ()


def utf16_length(text: str) -> int:
    """Return the length of `text` in UTF-16 code units, the unit of all of Telegram's offsets."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2
