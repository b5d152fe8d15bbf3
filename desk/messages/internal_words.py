"""Decide whether what staff writes in a topic is for the customer; pure.

What belongs together is one decision: an album has one caption, an app cuts a long note in two, and
the messages that are forwarded with a comment come right behind it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from desk.formatting.splitting import utf16_length

NOTE_PREFIX = "//"
_COMMAND = re.compile(r"/[A-Za-z]\w*(@\S*)?(\s|$)")
# Marks that cannot be seen may stand before the first letter.
_UNSEEN = " \t\r\n\u200b\u200e\u200f\u2060\ufeff"
# Seconds, by Telegram's clock, in which a message belongs to the note before it.
_CLOSE, _CLOSE_TO_LONG = 1, 5
# Apps cut texts at 4096 UTF-16 code units, or a little before.
_LONG = 3900
_MAX_REMEMBERED = 20

# A note that was written a moment ago, as the conversation stores it.
RecentNote = Mapping[str, Any]


class Destiny(Enum):
    """What becomes of a message in a topic."""

    ANSWER = auto()
    NOTE = auto()
    # A command below a picture: commands are texts.
    CAPTION_COMMAND = auto()
    # Staff is asked whether the customer gets it.
    DOUBTFUL = auto()


@dataclass(frozen=True, slots=True)
class Writing:
    """A message in a topic, with what tells where it belongs."""

    # The Telegram account, or the chat in whose name it was written.
    by: str
    at: int
    words: str
    album: str | None = None
    is_caption: bool = False
    is_forwarded: bool = False


def is_note(words: str | None) -> bool:
    """Check whether a text or a caption is an internal note."""
    return (words or "").lstrip(_UNSEEN).startswith(NOTE_PREFIX)


def is_internal(words: str | None) -> bool:
    """Check whether a text or a caption is for staff: a note or a command."""
    return is_note(words) or _is_command(words)


def _is_command(words: str | None) -> bool:
    return _COMMAND.match((words or "").lstrip(_UNSEEN)) is not None


def decide(writing: Writing, recent: Sequence[RecentNote]) -> Destiny:
    """Decide what becomes of a message that is no command; `recent` are the notes before it."""
    if is_note(writing.words) or _has_album(writing, recent):
        return Destiny.NOTE
    if _is_command(writing.words) and writing.is_caption and not writing.is_forwarded:
        return Destiny.CAPTION_COMMAND
    if _is_command(writing.words) or find_note_before(writing, recent) is not None:
        return Destiny.DOUBTFUL
    return Destiny.ANSWER


def _has_album(writing: Writing, recent: Sequence[RecentNote]) -> bool:
    return writing.album is not None and any(
        note["album"] == writing.album and not note["held"] for note in recent
    )


def find_note_before(writing: Writing, recent: Sequence[RecentNote]) -> RecentNote | None:
    """Find the note that a message belongs to, because its author wrote it a moment before."""
    for note in reversed(recent):
        if note["by"] != writing.by:
            continue
        close = _CLOSE_TO_LONG if note["long"] else _CLOSE
        if note["album"] is not None and note["album"] == writing.album:
            return note
        if 0 <= writing.at - note["at"] <= close:
            return note
    return None


def remember(
    recent: Sequence[RecentNote], writing: Writing, first: str, *, is_held: bool
) -> list[RecentNote]:
    """Return the recent notes with one more; `first` is the message that the others belong to."""
    note = {
        "by": writing.by,
        "at": writing.at,
        "album": writing.album,
        "long": utf16_length(writing.words) >= _LONG,
        "held": is_held,
        "first": first,
    }
    return [*recent, note][-_MAX_REMEMBERED:]
