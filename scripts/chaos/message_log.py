"""The log of what was sent, written once the provider has accepted it."""

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
    """The direction of a message: up from customers to staff, or down from staff to customers."""

    UP = "u"
    DOWN = "d"


@dataclass(slots=True)
class SentMessage:
    """One sent message; its text begins with the token that identifies it."""

    token: str
    direction: MessageDirection
    conversation: int
    # The chat of the original.
    chat: Id
    message_id: Id
    text: str
    kind: Provider = Provider.TELEGRAM
    reply_to_token: str | None = None
    edits: int = 0
    # The Unix time of the last edit, and the texts it had less than a second before.
    edited_at: float = 0.0
    same_second_texts: set[str] = field(default_factory=set)
    # The other side's last reaction; None: there was none.
    reaction: str | None = None
    # Set when its original is gone: it is not used any more.
    is_deleted: bool = False

    def edit(self, text: str, at: float) -> None:
        """Set a new text; WhatsApp's times cannot order two edits within one second."""
        self.same_second_texts = (
            self.same_second_texts | {self.text} if at - self.edited_at < 1 else set()
        )
        self.text, self.edits, self.edited_at = text, self.edits + 1, at

    def matches(self, text: str | None) -> bool:
        """Check whether this is its current text, as far as the provider's times can say."""
        return text == self.text or (
            self.kind is not Provider.TELEGRAM and text in self.same_second_texts
        )


@dataclass(slots=True)
class MessageLog:
    """Every sent message, in order within each conversation and direction."""

    messages: dict[str, SentMessage] = field(default_factory=dict)
    skipped: int = 0
    _numbers: dict[tuple[MessageDirection, int], int] = field(default_factory=dict)

    def new_token(self, direction: MessageDirection, conversation: int) -> str:
        """Return the next token of a conversation and direction; tokens sort by number."""
        number = self._numbers.get((direction, conversation), 0) + 1
        self._numbers[direction, conversation] = number
        return f"{direction}{conversation:02}-{number:04}"

    def add(self, message: SentMessage) -> None:
        """Add a sent message."""
        self.messages[message.token] = message

    def list_sent(
        self, direction: MessageDirection, conversation: int | None = None
    ) -> Iterator[SentMessage]:
        """List the messages of one direction, in order within each conversation."""
        for message in self.messages.values():
            if message.direction is direction and conversation in {None, message.conversation}:
                yield message


def find_token(message: Json) -> str | None:
    """Return the first token in a message, or None, as for a card or a notice."""
    return next((token for token, _ in parse_messages(message)), None)


def parse_messages(message: Json) -> Iterator[tuple[str, str]]:
    """Find every token in a message with its line: a burst is sent as one message.

    A burst may begin with what a rule or a colleague said. A notice that quotes a message below
    its own text contains none.
    """
    if not (TOKEN.match(get_text(message)) or _begins_with_author(message)):
        return
    for line in get_text(message).split("\n"):
        found = TOKEN.match(line)
        if found:
            yield found.group(), line


def _begins_with_author(message: Json) -> bool:
    """Check whether a message begins with the bold name of whoever said it elsewhere."""
    return any(
        entity["type"] == "bold"
        and entity["offset"] == 0
        and get_text(message)[: entity["length"]].endswith(":")
        for entity in message.get("entities") or ()
    )


def get_text(message: Json) -> str:
    """Return a message's text or caption."""
    return str(message.get("text") or message.get("caption") or "")
