"""Translate what the desk says to people in English sentences: errors of the API, and reasons.

Programs read the English sentence; a person reads it in their language. A test finds sentences that
are missing in `sentences_id.toml`.
"""

from functools import cache
from pathlib import Path

from desk.texts import choose_language
from desk.texts.catalogue import Catalogue, read_texts


def translate_sentence(language: str | None, text: str) -> str:
    """Return an English sentence in a language (an IETF tag), or as it is without a translation."""
    catalogue = _load_sentences(choose_language(language))
    return text if catalogue is None else catalogue.translate(text)


@cache
def _load_sentences(language: str) -> Catalogue | None:
    texts = read_sentences(language)
    return Catalogue(texts) if texts else None


def read_sentences(language: str) -> dict[str, str]:
    """Read the translations of a language; empty for English."""
    file = Path(__file__).with_name(f"sentences_{language}.toml")
    return read_texts(file) if file.is_file() else {}
