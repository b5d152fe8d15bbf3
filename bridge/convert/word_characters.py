"""Find where words end, as WhatsApp does when it looks for formatting marks."""

# Scripts that are written without spaces between words: a mark may stand beside any character.
_WITHOUT_SPACES = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1100, 0x11FF),  # Hangul
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x9FFF),  # Chinese, Japanese
    (0xA960, 0xA97F),  # Hangul
    (0xAC00, 0xD7FF),  # Hangul
    (0xF900, 0xFAFF),  # Chinese
    (0xFF66, 0xFFDC),  # half-width kana and Hangul
    (0x1B000, 0x1B16F),  # kana
    (0x20000, 0x3FFFF),  # Chinese
)


def is_word_character(character: str) -> bool:
    """Check whether a character continues a word, so that no mark can stand beside it."""
    if not character.isalnum():
        return False
    code = ord(character)
    return not any(first <= code <= last for first, last in _WITHOUT_SPACES)
