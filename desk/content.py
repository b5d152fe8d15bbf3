"""What arrives from a channel: who wrote, and what."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from db.content import Content, contains_link

__all__ = ["FILE_CHANNEL", "Content", "IncomingMessage", "Person", "contains_link"]

# Key in a content's file: the bot that has it, if neither the customer's channel nor its staff
# channel does.
FILE_CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Person:
    """The writer of a message, as the provider names them."""

    external_id: str
    # As they call themselves; None: the provider does not say.
    name: str | None = None
    username: str | None = None
    language: str | None = None
    # A verified number: the provider vouches for it.
    phone: str | None = None
    # Another id of the same address at the provider.
    alias: str | None = None
    # A Telegram account, by which a client is known on every bot.
    telegram_id: str | None = None


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """A message as it arrived: its content, its place at the provider, and what it replies to."""

    content: Content
    chat: str
    provider_id: str
    reply_to: str | None = None
    # When it was written, by the provider's clock, where that matters: it may arrive days later.
    at: datetime | None = None
    # The topic of the customer's chat that it was written in.
    topic: str | None = None


def get_attributes(content: Content) -> dict[str, Any] | None:
    """Return what a message's row keeps of its content beside its own columns, with its album."""
    if content.album is None:
        return content.attributes
    return {**(content.attributes or {}), "album": content.album}
