"""The ledger: what was said, written down once the provider took it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from scripts.chaos.plan import Provider

Json = dict[str, Any]
# A number at Telegram, a text at WhatsApp.
Id = int | str
TOKEN = re.compile(r"[ud]\d\d-\d{4}")


class MessageDirection(StrEnum):
    """Which way something goes: up from customers to staff, or down from staff to customers."""

    UP = "u"
    DOWN = "d"


@dataclass(slots=True)
class SentMessage:
    """One thing that was said; its text begins with the token that names it."""

    token: str
    direction: MessageDirection
    conversation: int
    # Where the original stands.
    chat: Id
    message_id: Id
    text: str
    kind: Provider = Provider.TELEGRAM
    reply_to_token: str | None = None
    edits: int = 0
    # When it was edited last, as Unix time, and what it said less than a second before.
    edited_at: float = 0.0
    same_second_texts: set[str] = field(default_factory=set)
    # What the other side reacted with last; None: nobody ever did.
    reaction: str | None = None
    # Nothing more was said about it once this is set: its original is gone.
    is_deleted: bool = False

    def edit(self, text: str, at: float) -> None:
        """Change what it says; WhatsApp's times do not tell two edits of one second apart."""
        self.same_second_texts = (
            self.same_second_texts | {self.text} if at - self.edited_at < 1 else set()
        )
        self.text, self.edits, self.edited_at = text, self.edits + 1, at

    def matches(self, text: str | None) -> bool:
        """Tell whether this is what it says now, as far as its provider tells."""
        return text == self.text or (
            self.kind is not Provider.TELEGRAM and text in self.same_second_texts
        )


@dataclass(slots=True)
class MessageLog:
    """Everything that was said, in order within each conversation and way."""

    messages: dict[str, SentMessage] = field(default_factory=dict)
    skipped: int = 0
    _numbers: dict[tuple[MessageDirection, int], int] = field(default_factory=dict)

    def new_token(self, direction: MessageDirection, conversation: int) -> str:
        """Name what is about to be said; names of one conversation and way sort as said."""
        number = self._numbers.get((direction, conversation), 0) + 1
        self._numbers[direction, conversation] = number
        return f"{direction}{conversation:02}-{number:04}"

    def add(self, said: SentMessage) -> None:
        """Write down what was said."""
        self.messages[said.token] = said

    def list_sent(
        self, direction: MessageDirection, conversation: int | None = None
    ) -> Iterator[SentMessage]:
        """List what was said one way, in order within each conversation."""
        for said in self.messages.values():
            if said.direction is direction and conversation in {None, said.conversation}:
                yield said


def find_token(message: Json) -> str | None:
    """Read which thing said a message carries; None: none, as a card or a notice."""
    return next((token for token, _ in parse_messages(message)), None)


def parse_messages(message: Json) -> Iterator[tuple[str, str]]:
    """Read every thing that a message carries, with its words: a burst travels as one message.

    A notice that quotes what somebody said, below words of its own, carries nothing.
    """
    if not TOKEN.match(get_text(message)):
        return
    for line in get_text(message).split("\n"):
        found = TOKEN.match(line)
        if found:
            yield found.group(), line


def get_text(message: Json) -> str:
    """Read a message's text or caption."""
    return str(message.get("text") or message.get("caption") or "")
