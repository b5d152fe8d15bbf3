"""Set, reset and preview what customers read, in the operator's own words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from db.tables import Channel
from desk.actors import Actor
from desk.audit import add_entry, shorten
from desk.content import Content
from desk.formatting.names import is_visible
from desk.formatting.splitting import utf16_length
from desk.formatting.variables import render_formatted
from desk.setup.errors import InvalidValueError
from desk.texts import translate
from desk.texts.customer_texts import (
    BOT_TEXTS,
    CUSTOMER_TEXTS,
    CustomerText,
    OwnText,
    OwnTexts,
)
from desk.unit_of_work import UnitOfWork

# The formatting that every kind of channel shows, or leaves out without harm.
MARKUP = (
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "code",
    "pre",
    "text_link",
    "blockquote",
    "expandable_blockquote",
)
# Whatever somebody may have meant as a variable.
_BRACES = re.compile(r"\{\{([^{}]*)\}\}")


@dataclass(frozen=True, slots=True)
class TextProblem:
    """Why a wording is refused: a text for staff, with its values, and the field that is wrong."""

    key: str
    values: dict[str, Any] = field(default_factory=dict)
    field: str = "text"

    def say(self, language: str) -> str:
        return translate(language, self.key, **self.values)


def find_text(uow: UnitOfWork, channel: Channel, name: str) -> CustomerText | None:
    """Find a text by its name; only bots have the texts of a profile."""
    if name in BOT_TEXTS and not uow.channels.get_traits(channel.kind).shows_descriptions:
        return None
    return CUSTOMER_TEXTS.get(name)


def list_texts(uow: UnitOfWork, channel: Channel) -> list[CustomerText]:
    """List the texts that customers of a channel read."""
    return [each for each in CUSTOMER_TEXTS.values() if find_text(uow, channel, each.name)]


def keep_markup(entities: Sequence[dict[str, Any]] | None) -> list[dict[str, Any]] | None:
    """Return the formatting of a text, without what the app adds by itself (links, mentions)."""
    kept = [dict(each) for each in entities or () if each["type"] in MARKUP]
    return kept or None


def find_problem(about: CustomerText, wording: OwnText) -> TextProblem | None:
    """Find why a wording cannot be used; pure."""
    text, length = wording.text, utf16_length(wording.text)
    if not is_visible(text):
        return TextProblem("own_text.empty")
    if length > about.max_length:
        values = {"length": length, "most": about.max_length}
        return TextProblem("own_text.too_long", values)
    if problem := _find_wrong_variable(about, text):
        return problem
    if wording.entities and about.is_plain:
        return TextProblem("own_text.no_markup", field="entities")
    if any(each["offset"] + each["length"] > length for each in wording.entities or ()):
        return TextProblem("own_text.outside", field="entities")
    return None


def _find_wrong_variable(about: CustomerText, text: str) -> TextProblem | None:
    known = ", ".join(f"{{{{{each}}}}}" for each in about.variables)
    for match in _BRACES.finditer(text):
        if match.group(1).strip() not in about.variables:
            key = "own_text.unknown_variable" if known else "own_text.no_variable"
            return TextProblem(key, {"variable": match.group(), "known": known})
    rest = _BRACES.sub("", text)
    if "{{" in rest or "}}" in rest:
        return TextProblem("own_text.open_braces")
    single = next((each for each in about.variables if f"{{{each}}}" in rest), None)
    if single is not None:
        return TextProblem("own_text.single_braces", {"variable": f"{{{{{single}}}}}"})
    return None


def set_text(
    uow: UnitOfWork,
    channel: Channel,
    about: CustomerText,
    language: str,
    wording: OwnText,
    *,
    by: Actor,
) -> None:
    """Set the operator's own wording of a text; raise InvalidValueError."""
    problem = find_problem(about, wording)
    if problem is not None:
        raise InvalidValueError(problem.field, problem.say("en"))
    stored: dict[str, Any] = {"text": wording.text}
    if wording.entities:
        stored["entities"] = wording.entities
    _store(uow, channel, about, language, stored, by=by)


def reset_text(
    uow: UnitOfWork, channel: Channel, about: CustomerText, language: str, *, by: Actor
) -> None:
    """Go back to the built-in text."""
    _store(uow, channel, about, language, None, by=by)


def _store(
    uow: UnitOfWork,
    channel: Channel,
    about: CustomerText,
    language: str,
    stored: dict[str, Any] | None,
    *,
    by: Actor,
) -> None:
    texts = dict(channel.texts or {})
    of_language = dict(texts.get(language, {}))
    before = of_language.pop(about.name, None)
    if before == stored:
        return
    if stored is not None:
        of_language[about.name] = stored
    texts[language] = of_language
    channel.texts = texts
    details = {
        "text": about.name,
        "language": language,
        "from": shorten(before["text"]) if before else None,
        "to": shorten(stored["text"]) if stored else None,
    }
    add_entry(uow, by, "channel.text_changed", f"channel:{channel.id}", details)


def get_wording(channel: Channel, about: CustomerText, language: str) -> OwnText:
    """Return what customers read now, with its variables; an empty text if there is none."""
    own = OwnTexts.load(channel.texts).find(language, about.name)
    return own or OwnText(about.get_default(language))


def is_own(channel: Channel, about: CustomerText, language: str) -> bool:
    """Check whether the operator has worded a text."""
    return OwnTexts.load(channel.texts).find(language, about.name) is not None


def build_preview(channel: Channel, about: CustomerText, wording: OwnText) -> Content:
    """Return a wording as a customer would read it, with example values."""
    values = {**about.list_examples(), "channel": channel.name}
    text, entities = render_formatted(wording.text, wording.entities, values)
    return Content(text=text, entities=entities)
