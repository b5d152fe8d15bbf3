"""Translate check results to the operator's language: the English text is the key."""

from dataclasses import replace
from functools import cache
from pathlib import Path

from desk.setup.findings import CheckResult
from desk.texts.catalogue import Catalogue, read_texts


def translate_result(result: CheckResult, language: str) -> CheckResult:
    """Return a check result in this language."""
    catalogue = load_catalogue(language)
    if catalogue is None:
        return result
    return replace(
        result,
        subject=catalogue.translate(result.subject),
        text=catalogue.translate(result.text),
        remedy=catalogue.translate(result.remedy) if result.remedy else "",
    )


@cache
def load_catalogue(language: str) -> Catalogue | None:
    """Load the translations of a language; None if there are none, as for English."""
    file = Path(__file__).with_name(f"findings_{language}.toml")
    return Catalogue(read_texts(file)) if file.is_file() else None
