"""Choose among canned replies, and check what is written in them; pure functions."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import islice

from db.ids import CannedReplyId, ChannelId
from desk.canned.actions import CannedActions
from desk.formatting.variables import find_variables

# The variables, with the values of a preview without a session.
EXAMPLE_VALUES: Mapping[str, str] = {
    "name": "Ann Smith",
    "first_name": "Ann",
    "username": "@ann",
    "agent": "Mia",
    "channel": "Shop",
    "session": "12",
}
# What an agent types; a database column holds it.
SHORTCUT_PATTERN = r"^[a-z0-9][a-z0-9_-]{0,31}$"
_SHORTCUT = re.compile(SHORTCUT_PATTERN)
_MIN_SIMILARITY = 0.55


@dataclass(frozen=True, slots=True)
class CannedText:
    """A canned reply; an empty language or no channel means any."""

    id: CannedReplyId
    shortcut: str
    title: str
    text: str
    language: str
    channel_id: ChannelId | None
    actions: CannedActions | None = None


def is_shortcut(text: str) -> bool:
    """Check whether a text is a valid shortcut."""
    return _SHORTCUT.fullmatch(text) is not None


def find_unknown_variables(text: str) -> list[str]:
    """List the unknown variables of a text, in order and once each."""
    return [name for name in find_variables(text) if name not in EXAMPLE_VALUES]


def slot_key(channel_id: ChannelId | None, language: str, shortcut: str) -> str:
    """Return a key of which there is one for each channel, language and shortcut."""
    return f"{channel_id or ''}:{language}:{shortcut}"


def choose_replies(
    replies: Iterable[CannedText], *, channel_id: ChannelId, languages: Sequence[str]
) -> list[CannedText]:
    """Choose the reply of each shortcut that fits a customer best, sorted by shortcut.

    Language comes first, in the order of `languages`, then replies without a language, then others;
    among these a reply of this channel alone wins. Replies of other channels are left out.
    """
    order = {language: place for place, language in enumerate([*languages, ""])}
    chosen: dict[str, tuple[tuple[int, int, str], CannedText]] = {}
    for each in replies:
        if each.channel_id not in {None, channel_id}:
            continue
        fits = (order.get(each.language, len(order)), int(each.channel_id is None), each.id)
        known = chosen.get(each.shortcut)
        if known is None or fits < known[0]:
            chosen[each.shortcut] = (fits, each)
    return [chosen[shortcut][1] for shortcut in sorted(chosen)]


def find_similar(wanted: str, shortcuts: Iterable[str], *, most: int = 5) -> list[str]:
    """List the shortcuts that somebody may have meant, the most similar first."""
    wanted = wanted.lower()

    def distance(shortcut: str) -> float:
        if shortcut.startswith(wanted) or wanted.startswith(shortcut):
            return 0.0
        return 1 - SequenceMatcher(None, wanted, shortcut).ratio()

    ranked = sorted((distance(each), each) for each in dict.fromkeys(shortcuts))
    good = (each for far, each in ranked if far <= 1 - _MIN_SIMILARITY)
    return list(islice(good, most))
