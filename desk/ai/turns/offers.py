"""Offers: articles below a question as choices, and the customer's choice."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from db.content import Content
from db.ids import AiTurnId
from db.queues.payloads import Buttons
from desk.knowledge.ports import FoundPassage

_PREFIX, _PERSON = "ask", "person"
_MAX_LABEL = 60
# "2", "2️⃣", "number 2", "yang no. 2 ya"
_NUMBER = re.compile(
    r"(?:(?:yang|the|pilih|pilihan|option)\s+)?(?:(?:no|nr|nomor|nomer|number)\.?\s*|#)?"
    r"([1-9])(?:\ufe0f?\u20e3)?(?:\s+(?:please|pls|ya|aja|saja|kak|dong))*"
)


@dataclass(frozen=True, slots=True)
class WantsPerson:
    """The customer chose a person."""


@dataclass(frozen=True, slots=True)
class Chose:
    """The customer chose an article, by this passage."""

    passage_id: str
    title: str


Choice = WantsPerson | Chose


def to_json(passages: Sequence[FoundPassage]) -> list[dict[str, Any]]:
    """Return offered passages as a turn stores them."""
    return [{"passage": each.passage_id, "title": each.title} for each in passages]


def build_buttons(turn_id: AiTurnId, offers: Sequence[Mapping[str, Any]], person: str) -> Buttons:
    """Build the choices below an offer: its articles, then "a person"."""
    rows = [
        [{"text": _shorten(each["title"]), "data": f"{_PREFIX}:{turn_id}:{number}"}]
        for number, each in enumerate(offers, 1)
    ]
    return [*rows, [{"text": person, "data": f"{_PREFIX}:{turn_id}:{_PERSON}"}]]


def read_choice(
    content: Content, turn_id: AiTurnId, offers: Sequence[Mapping[str, Any]]
) -> Choice | None:
    """Return what a message chooses of an offer: by a button, by its number or by its words."""
    data = str((content.attributes or {}).get("choice", ""))
    prefix, _, rest = data.partition(":")
    about, _, which = rest.partition(":")
    if prefix != _PREFIX or about != turn_id:
        which = _read_words(content.text or "", offers)
    if which == _PERSON:
        return WantsPerson()
    if which.isdecimal() and 1 <= int(which[:3]) <= len(offers):
        chosen = offers[int(which) - 1]
        return Chose(chosen["passage"], chosen["title"])
    return None


def _read_words(text: str, offers: Sequence[Mapping[str, Any]]) -> str:
    words = text.strip().rstrip(".)!").strip()
    if (number := _NUMBER.fullmatch(words.casefold())) is not None:
        return _PERSON if int(number[1]) == len(offers) + 1 else number[1]
    titles = [str(each["title"]).casefold() for each in offers]
    return str(titles.index(words.casefold()) + 1) if words.casefold() in titles else ""


def _shorten(title: str) -> str:
    return title if len(title) <= _MAX_LABEL else f"{title[: _MAX_LABEL - 1].rstrip()}…"
