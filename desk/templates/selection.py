"""Choose a template's language for a customer, and guess values of its variables; pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from desk.templates.rendering import Variable, VariableKind


class HasLanguage(Protocol):
    """A template in one language."""

    @property
    def name(self) -> str: ...

    @property
    def language(self) -> str: ...


T = TypeVar("T", bound=HasLanguage)

# Greetings that come before a name, in common languages; at most a comma is between them.
_GREETING = re.compile(
    r"(?:^|[\s>*_~])(?:hi|hello|hey|dear|welcome|halo|hai|yth\.?|kepada|bapak/ibu|kak"
    r"|hola|estimad[oa]|ol[áa]|bonjour|cher|ch[èe]re|hallo|liebe[r]?|ciao|gentile)[\s,*_~]*$",
    re.IGNORECASE,
)
# Name of a variable → the fact that it asks for.
_FACTS_BY_NAME: Mapping[str, str] = {
    "name": "name",
    "full_name": "name",
    "customer": "name",
    "customer_name": "name",
    "client": "name",
    "client_name": "name",
    "nama": "name",
    "first_name": "first_name",
    "firstname": "first_name",
    "customer_first_name": "first_name",
    "agent": "agent",
    "agent_name": "agent",
    "session": "session",
    "session_number": "session",
    "ticket": "session",
    "ticket_number": "session",
}


def choose_languages(templates: Iterable[T], languages: Sequence[str]) -> list[T]:
    """Choose one language of each template, by name: the first available of `languages`.

    An exact match is better than another form of the same language (`en_US` for `en`). If none
    fits, the first by name is taken.
    """
    chosen: dict[str, tuple[tuple[int, str], T]] = {}
    for each in templates:
        rank = (_rank(each.language, languages), each.language)
        known = chosen.get(each.name)
        if known is None or rank < known[0]:
            chosen[each.name] = (rank, each)
    return [chosen[name][1] for name in sorted(chosen)]


def _rank(language: str, languages: Sequence[str]) -> int:
    for place, wanted in enumerate(languages):
        if _normalize(language) == _normalize(wanted):
            return 2 * place
        if _main_language(language) == _main_language(wanted):
            return 2 * place + 1
    return 2 * len(languages)


def _normalize(language: str) -> str:
    return language.lower().replace("-", "_")


def _main_language(language: str) -> str:
    return _normalize(language).partition("_")[0]


def guess_values(wanted: Iterable[Variable], facts: Mapping[str, str]) -> dict[str, str]:
    """Fill in what is certain: variables named like a fact, and the name after a greeting.

    `facts`: name, first_name, agent, session. A person must enter all other values.
    """
    found = ((each.key, _guess_value(each, facts)) for each in wanted)
    return {key: value for key, value in found if value}


def _guess_value(variable: Variable, facts: Mapping[str, str]) -> str | None:
    if variable.kind is not VariableKind.TEXT or variable.key.startswith("button."):
        return None
    name = variable.key.removeprefix("header.").lower()
    if name in _FACTS_BY_NAME:
        return facts.get(_FACTS_BY_NAME[name])
    if name.isdecimal() and _GREETING.search(variable.before):
        return facts.get("name")
    return None


def list_missing(wanted: Sequence[Variable], guessed: Mapping[str, str]) -> list[Variable]:
    """List the variables that a person must fill in."""
    return [each for each in wanted if each.key not in guessed]


def assign_values(
    wanted: Sequence[Variable], guessed: Mapping[str, str], given: Sequence[str]
) -> dict[str, str] | None:
    """Assign values to variables: one for each variable, or one for each missing variable.

    Returns None if the number of values fits neither.
    """
    if len(given) == len(wanted):
        return {each.key: value for each, value in zip(wanted, given, strict=True)}
    left = list_missing(wanted, guessed)
    if len(given) == len(left):
        said = {each.key: value for each, value in zip(left, given, strict=True)}
        return {**guessed, **said}
    return None
