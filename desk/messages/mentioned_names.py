"""Find the colleagues whom a note names with `@`. Pure."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from db.ids import AgentId

# Names of people who are mentioned: in one note, so many are told at most.
MAX_MENTIONED = 20
_WORD_BEFORE = re.compile(r"[\w.]$")
_NAME_GOES_ON = re.compile(r"\w")


class Colleague(Protocol):
    """A person who can be named."""

    @property
    def agent_id(self) -> AgentId: ...
    @property
    def name(self) -> str: ...
    @property
    def telegram_id(self) -> str | None: ...


def find_mentioned(
    text: str, entities: Sequence[Mapping[str, Any]] | None, colleagues: Iterable[Colleague]
) -> list[AgentId]:
    """Find whom a note names: `@` and a whole name, or a first name that only one of them has.

    The longest name counts, in any case of letters. Telegram's own mentions of people without a
    user name are entities with their account.
    """
    known = list(colleagues)
    names = _list_names(known)
    found = [_find_at(text, at.end(), names) for at in re.finditer("@", text) if _begins(text, at)]
    accounts = {str((each.get("user") or {}).get("id")) for each in entities or ()}
    found += [each.agent_id for each in known if each.telegram_id in accounts]
    return list(dict.fromkeys(each for each in found if each is not None))[:MAX_MENTIONED]


def _begins(text: str, at: re.Match[str]) -> bool:
    """Check that an `@` does not stand inside of a word, as in an e-mail address."""
    return _WORD_BEFORE.search(text[: at.start()]) is None


def _list_names(known: Sequence[Colleague]) -> list[tuple[str, AgentId]]:
    """Return what names somebody, the longest first; a first name only if one alone has it."""
    first = Counter(_fold(each.name.split(" ")[0]) for each in known)
    names = [(each.name, each.agent_id) for each in known]
    for each in known:
        name = each.name.split(" ")[0]
        if first[_fold(name)] == 1:
            names.append((name, each.agent_id))
    return sorted(names, key=lambda named: len(named[0]), reverse=True)


def _find_at(text: str, start: int, names: Sequence[tuple[str, AgentId]]) -> AgentId | None:
    """Return whom the words from `start` on name."""
    for name, agent_id in names:
        end = start + len(name)
        goes_on = _NAME_GOES_ON.match(text, end)
        if name and not goes_on and _fold(text[start:end]) == _fold(name):
            return agent_id
    return None


def _fold(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
