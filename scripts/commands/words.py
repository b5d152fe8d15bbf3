"""Say to the operator what a command did, in the language of DEFAULT_LANGUAGE.

The English sentence stands in the code; `id.toml` has its translation, as for the doctor.
"""

from functools import cache
from pathlib import Path

import typer
from pydantic_settings import BaseSettings, SettingsConfigDict

from desk.texts import choose_language
from desk.texts.catalogue import Catalogue, read_texts
from desk.texts.sentences import read_sentences


def say(text: str, *, is_aside: bool = False) -> None:
    """Print a text in the operator's language; `is_aside`: on stderr, beside the result."""
    typer.echo(to_operator(text), err=is_aside)


def to_operator(text: str) -> str:
    """Return a text of ours in the operator's language, or as it is without a translation."""
    catalogue = _load_words(find_language())
    return text if catalogue is None else catalogue.translate(text)


def refuse(text: str) -> typer.BadParameter:
    """Return the error of an option that makes no sense, in the operator's language."""
    return typer.BadParameter(to_operator(text))


def find_language() -> str:
    """Return the operator's language, also where other settings are wrong; English for others."""
    try:
        return choose_language(_Language(_env_file=Path(".env")).default_language)
    except (ValueError, OSError):
        return "en"


class _Language(BaseSettings):
    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore")

    default_language: str = "en"


@cache
def _load_words(language: str) -> Catalogue | None:
    file = Path(__file__).with_name(f"{language}.toml")
    if not file.is_file():
        return None
    # With those of the desk, whose errors the commands show.
    return Catalogue(read_sentences(language) | read_texts(file))
