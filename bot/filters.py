"""Filters are async classes: aiogram runs every synchronous one in a thread of its own."""

from typing import Any

from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Chat, Message, TelegramObject

from desk.channels import ServedChannel
from desk.desk import Desk


class Private(Filter):
    """What happens in a private chat with the bot."""

    async def __call__(self, event: TelegramObject) -> bool:
        chat = _chat(event)
        return chat is not None and chat.type == "private"


class StaffGroup(Filter):
    """What happens in a staff group that this bot serves."""

    async def __call__(self, event: TelegramObject, desk: Desk, channel: ServedChannel) -> bool:
        chat = _chat(event)
        return chat is not None and desk.channels.is_staff_group(channel.id, str(chat.id))


class Command(Filter):
    """A message that is one of these commands; hands over its name and its argument.

    `/end@this_bot` is ours as `/end` is. Without names: any command.
    """

    def __init__(self, *names: str) -> None:
        self._names = frozenset(names)

    async def __call__(self, message: Message) -> bool | dict[str, Any]:
        name, argument = command_of(message)
        if name is None or (self._names and name not in self._names):
            return False
        return {"command": name, "argument": argument}


def command_of(message: Message) -> tuple[str | None, str]:
    """Read a command's name, without slash and bot name, and what follows it."""
    text = message.text or ""
    if not text.startswith("/") or text.startswith("//"):
        return None, ""
    word, _, argument = text[1:].partition(" ")
    return word.partition("@")[0].lower(), argument.strip()


def _chat(event: TelegramObject) -> Chat | None:
    if isinstance(event, CallbackQuery):
        return event.message.chat if event.message else None
    found: Chat | None = getattr(event, "chat", None)
    return found
