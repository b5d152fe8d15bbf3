"""Canned replies: texts with a few things left out that are known when one is sent; pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import islice

from db.ids import CannedReplyId, ChannelId

# What a text may leave out, and what stands there in a preview without a session.
EXAMPLE_VALUES: Mapping[str, str] = {
    "name": "Ann Smith",
    "first_name": "Ann",
    "username": "@ann",
    "agent": "Mia",
    "channel": "Shop",
    "session": "12",
}
# What an agent types, and what a column of ids can hold.
SHORTCUT_PATTERN = r"^[a-z0-9][a-z0-9_-]{0,31}$"
_SHORTCUT = re.compile(SHORTCUT_PATTERN)
_VARIABLE = re.compile(r"\{\{\s*([A-Za-z_]*)\s*\}\}")
_MIN_SIMILARITY = 0.55


@dataclass(frozen=True, slots=True)
class CannedText:
    """A canned reply; an empty language and no channel: for every one."""

    id: CannedReplyId
    shortcut: str
    title: str
    text: str
    language: str
    channel_id: ChannelId | None


def is_shortcut(text: str) -> bool:
    """Tell whether a reply could have this shortcut."""
    return _SHORTCUT.fullmatch(text) is not None


def find_unknown_variables(text: str) -> list[str]:
    """List what a text leaves out that nobody knows, in order and once each."""
    found = (match.group(1) for match in _VARIABLE.finditer(text))
    return list(dict.fromkeys(name for name in found if name not in EXAMPLE_VALUES))


def render(text: str, values: Mapping[str, str]) -> str:
    """Fill in a text, once: what is filled in is never looked through for more.

    What has no value is left out.
    """
    return _VARIABLE.sub(lambda match: values.get(match.group(1), ""), text)


def slot_key(channel_id: ChannelId | None, language: str, shortcut: str) -> str:
    """Name the place that a reply takes: there is one for each channel, language and shortcut."""
    return f"{channel_id or ''}:{language}:{shortcut}"


def choose_replies(
    replies: Iterable[CannedText], *, channel_id: ChannelId, languages: Sequence[str]
) -> list[CannedText]:
    """Choose one reply for each shortcut, in their order: the one that fits a customer best.

    By language first, in the order of `languages`, then one of no language, then of another; of
    two such the one of the channel alone. A reply of another channel is none.
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
    """List the shortcuts that somebody may have meant, the nearest first."""
    wanted = wanted.lower()

    def distance(shortcut: str) -> float:
        if shortcut.startswith(wanted) or wanted.startswith(shortcut):
            return 0.0
        return 1 - SequenceMatcher(None, wanted, shortcut).ratio()

    ranked = sorted((distance(each), each) for each in dict.fromkeys(shortcuts))
    good = (each for far, each in ranked if far <= 1 - _MIN_SIMILARITY)
    return list(islice(good, most))
