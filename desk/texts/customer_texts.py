"""The texts that customers read, which an operator can word otherwise for each channel.

An operator names them without "customer.": `welcome`, `when.today`, `ai.person`. Their own words
have variables in double braces, `{{place}}`, as canned replies do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from types import MappingProxyType
from typing import Any

from desk.texts import LANGUAGES, load_catalogue

_THEMES = ("customer", "when")
_OF_AI_AGENTS = (
    "introduction",
    "handed_to",
    "handed_to_nobody",
    "limit_reached",
    "offer",
    "person",
)
# Variables of every text that is sent in a conversation, with the values of a preview.
COMMON_EXAMPLES: Mapping[str, str] = MappingProxyType(
    {"name": "Ann Smith", "first_name": "Ann", "channel": "Shop"}
)
_EXAMPLES: Mapping[str, str] = MappingProxyType(
    {
        **COMMON_EXAMPLES,
        "agent": "Mia",
        "place": "2",
        "low": "5",
        "high": "15",
        "rating": "5",
        "closing": "17:00 (WIB)",
        "opening": "09:00 (WIB)",
        "time": "09:00 (WIB)",
        "date": "2026-12-28",
    }
)
_MESSAGE_LIMIT = 4096
_PART_LIMIT = 100
# What is no message of its own, or has a limit of the provider.
_LIMITS: Mapping[str, int] = MappingProxyType(
    {
        "choose": 20,
        "estimate": 500,
        "estimate_short": 500,
        "rating_thanks": 1000,  # it replaces the question, so it must fit one message
        "ai.person": 20,
        "bot.description": 512,
        "bot.short_description": 120,
    }
)
_PLAIN = frozenset({"choose", "ai.person", "ai.offer"})
# Shown at Telegram before a customer writes; the desk has no words of its own for them.
BOT_TEXTS = ("bot.description", "bot.short_description")


@dataclass(frozen=True, slots=True)
class CustomerText:
    """One text that customers read."""

    name: str
    # Where it stands in the catalogue; empty: there is no built-in text.
    key: str
    variables: tuple[str, ...]
    max_length: int
    # It cannot have markup: it stands on a button, inside another text or in a profile.
    is_plain: bool

    def get_default(self, language: str) -> str:
        """Return the built-in text, with its variables in double braces; empty if there is none."""
        if not self.key:
            return ""
        theme, _, name = self.key.partition(".")
        text: str = load_catalogue(language)[theme][name]
        shown = {each: f"{{{{{each}}}}}" for each in _list_placeholders(text)}
        return text.format(**shown)

    def list_examples(self) -> dict[str, str]:
        """Return a value of each variable, for a preview."""
        return {each: _EXAMPLES[each] for each in self.variables}


@dataclass(frozen=True, slots=True)
class OwnText:
    """An operator's own wording, with its markup as entities."""

    text: str
    entities: list[dict[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class OwnTexts:
    """The operator's own words of one channel, by language and name."""

    by_language: Mapping[str, Mapping[str, OwnText]]

    @classmethod
    def load(cls, stored: Mapping[str, Any] | None) -> "OwnTexts":
        """Read what is stored; leave out what this version does not know."""
        return cls(
            {
                language: {
                    name: OwnText(each["text"], each.get("entities"))
                    for name, each in (stored or {}).get(language, {}).items()
                    if name in CUSTOMER_TEXTS
                }
                for language in LANGUAGES
            }
        )

    def find(self, language: str, name: str) -> OwnText | None:
        """Find the operator's own words for a text."""
        return self.by_language.get(language, {}).get(name)


def get_name(key: str) -> str:
    """Return how operators call the text of a catalogue's key."""
    return key.removeprefix("customer.")


def _list_placeholders(text: str) -> list[str]:
    return list(dict.fromkeys(name for _, name, _, _ in Formatter().parse(text) if name))


def _build_texts() -> dict[str, CustomerText]:
    catalogue = load_catalogue("en")
    keys = [f"{theme}.{name}" for theme in _THEMES for name in catalogue[theme]]
    keys += [f"ai.{name}" for name in _OF_AI_AGENTS]
    built = {get_name(key): _build_text(key, catalogue) for key in keys}
    for name in BOT_TEXTS:
        built[name] = CustomerText(name, "", (), _LIMITS[name], is_plain=True)
    return built


def _build_text(key: str, catalogue: Mapping[str, Mapping[str, str]]) -> CustomerText:
    theme, _, short = key.partition(".")
    own = _list_placeholders(catalogue[theme][short])
    variables = tuple(dict.fromkeys([*own, *COMMON_EXAMPLES]))
    usual, name = _PART_LIMIT if theme == "when" else _MESSAGE_LIMIT, get_name(key)
    is_plain = theme == "when" or name in _PLAIN
    return CustomerText(name, key, variables, _LIMITS.get(name, usual), is_plain)


CUSTOMER_TEXTS: Mapping[str, CustomerText] = MappingProxyType(_build_texts())
EMPTY = OwnTexts({})
