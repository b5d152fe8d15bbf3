"""The ledger: what was said, written down once the provider took it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from scripts.chaos.plan import Kind

Json = dict[str, Any]
# A number at Telegram, a text at WhatsApp.
Id = int | str
TOKEN = re.compile(r"[ud]\d\d-\d{4}")


class Way(StrEnum):
    """Which way something goes: up from customers to staff, or down from staff to customers."""

    UP = "u"
    DOWN = "d"


@dataclass(slots=True)
class Said:
    """One thing that was said; its text begins with the token that names it."""

    token: str
    way: Way
    conversation: int
    # Where the original stands.
    chat: Id
    message_id: Id
    text: str
    kind: Kind = Kind.TELEGRAM
    answers: str | None = None
    edits: int = 0
    # When it was edited last, as Unix time, and what it said less than a second before.
    edited_at: float = 0.0
    as_new: set[str] = field(default_factory=set)
    # What the other side reacted with last; None: nobody ever did.
    reaction: str | None = None
    # Nothing more was said about it once this is set: its original is gone.
    gone: bool = False

    def edit(self, text: str, at: float) -> None:
        """Change what it says; WhatsApp's times do not tell two edits of one second apart."""
        self.as_new = self.as_new | {self.text} if at - self.edited_at < 1 else set()
        self.text, self.edits, self.edited_at = text, self.edits + 1, at

    def says(self, text: str | None) -> bool:
        """Tell whether this is what it says now, as far as its provider tells."""
        return text == self.text or (self.kind is not Kind.TELEGRAM and text in self.as_new)


@dataclass(slots=True)
class Ledger:
    """Everything that was said, in order within each conversation and way."""

    said: dict[str, Said] = field(default_factory=dict)
    skipped: int = 0
    _numbers: dict[tuple[Way, int], int] = field(default_factory=dict)

    def new_token(self, way: Way, conversation: int) -> str:
        """Name what is about to be said; names of one conversation and way sort as said."""
        number = self._numbers.get((way, conversation), 0) + 1
        self._numbers[way, conversation] = number
        return f"{way}{conversation:02}-{number:04}"

    def note(self, said: Said) -> None:
        """Write down what was said."""
        self.said[said.token] = said

    def of(self, way: Way, conversation: int | None = None) -> Iterator[Said]:
        """List what was said one way, in order within each conversation."""
        for said in self.said.values():
            if said.way is way and conversation in {None, said.conversation}:
                yield said


def token_in(message: Json) -> str | None:
    """Read which thing said a message carries; None: none, as a card or a notice."""
    return next((token for token, _ in carried(message)), None)


def carried(message: Json) -> Iterator[tuple[str, str]]:
    """Read every thing that a message carries, with its words: a burst travels as one message.

    A notice that quotes what somebody said, below words of its own, carries nothing.
    """
    if not TOKEN.match(words_of(message)):
        return
    for line in words_of(message).split("\n"):
        found = TOKEN.match(line)
        if found:
            yield found.group(), line


def words_of(message: Json) -> str:
    """Read a message's text or caption."""
    return str(message.get("text") or message.get("caption") or "")
