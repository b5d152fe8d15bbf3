"""Texts for customers and staff, in their language."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Protocol

LANGUAGES = ("en", "id")
# What is added to a language in the names of its files.
_SUFFIXES = ("", "_admin", "_ai", "_alarms", "_broadcasts", "_commands", "_reports", "_whatsapp")


class Translate(Protocol):
    """Translates one of our texts to the reader's language."""

    def __call__(self, key: str, **values: object) -> str: ...


def translate(language: str | None, key: str, **values: object) -> str:
    """Return the text of `key` ("customer.waiting") in a language, or else in English.

    `language` is an IETF tag as providers send it: `id-ID` is `id`.
    """
    theme, _, name = key.partition(".")
    text: str = load_catalogue(choose_language(language))[theme][name]
    return text.format(**values)


def choose_language(tag: str | None) -> str:
    """Return which of our languages an IETF tag stands for; English for all others."""
    spoken = (tag or "").partition("-")[0].lower()
    return spoken if spoken in LANGUAGES else "en"


def choose_accepted_language(accepted: str) -> str:
    """Return the first of our languages in the list of an Accept-Language header, or English."""
    tags = [each.partition(";")[0].strip() for each in accepted.split(",")]
    spoken = (tag.partition("-")[0].lower() for tag in tags)
    return next((each for each in spoken if each in LANGUAGES), "en")


@cache
def load_catalogue(language: str) -> dict[str, dict[str, Any]]:
    """Load all texts of a language, by theme and name; they stand in several files."""
    themes: dict[str, dict[str, Any]] = {}
    for suffix in _SUFFIXES:
        file = files(__name__).joinpath(f"{language}{suffix}.toml")
        themes |= tomllib.loads(file.read_text("utf-8"))
    return themes
