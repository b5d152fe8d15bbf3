"""Customers in the flow tests: a Protocol, and the Telegram implementation.

Customers of other channels are other classes with these methods; no test below names Telegram.
"""

import base64
from collections.abc import Mapping
from typing import Any, Protocol

from sandbox.common.control_client import SandboxRequestError
from sandbox.telegram.client import TelegramSandbox
from tests.flows.chat_message import ChatMessage, from_telegram
from tests.flows.eventually import eventually

# The location and the contact that everybody sends.
PLACE = {"latitude": -6.2, "longitude": 106.8}
PHONE = "+62811"
# The sandbox's arguments for sending something that is neither text nor a file.
OTHERS: dict[str, Any] = {
    "location": PLACE,
    "venue": {"location": PLACE, "title": "Monas", "address": "Jakarta"},
    "contact": {"phone_number": PHONE, "first_name": "Budi"},
    "dice": {"emoji": "🎲", "value": 4},
    "poll": {"question": "Tea?", "options": ["yes", "no"]},
}
# Formatting that every channel has, by Telegram's names.
MARKS = ("bold", "italic", "strikethrough", "code")


class Customer(Protocol):
    """A customer who writes to the desk; each sent message is named by its id."""

    @property
    def name(self) -> str: ...

    @property
    def address(self) -> str:
        """Return the customer's address on the channel."""

    async def begins(self) -> None:
        """Do what the channel requires before the first message."""

    async def says(
        self,
        text: str,
        *,
        reply_to: ChatMessage | None = None,
        marks: Mapping[str, str] | None = None,
    ) -> str:
        """Write a text; `marks`: which words are formatted, and how (MARKS)."""

    async def sends(
        self, kind: str, *, caption: str | None = None, data: bytes | None = None, **more: Any
    ) -> str: ...

    async def sends_album(self, *kinds: str, caption: str | None = None) -> list[str]: ...

    async def edits(self, message_id: str, text: str) -> None: ...

    async def deletes(self, message_id: str) -> None:
        """Delete an own message for everyone."""

    async def reacts(self, message: ChatMessage, emoji: str) -> None: ...

    async def reads(self) -> None:
        """Read every message on the customer's screen."""

    async def chat(self) -> list[ChatMessage]:
        """Return the customer's chat, in order."""

    async def list_received(self) -> list[ChatMessage]:
        """Return the messages of the desk, in order."""

    async def wait_for(self, text: str) -> ChatMessage:
        """Wait for a message of the desk that contains this text."""

    async def download(self, message: ChatMessage) -> bytes:
        """Return the file that the customer gets when opening a message."""

    def find_marks(self, message: ChatMessage) -> set[tuple[str, str]]:
        """Return what the customer sees formatted: how, and which words."""


class TelegramCustomer:
    """A customer who writes to the bot, or to the bot with this id."""

    def __init__(
        self, telegram: TelegramSandbox, user: dict[str, Any], bot: int | None = None
    ) -> None:
        self.telegram = telegram
        self.user = user
        self.bot = bot
        self.name: str = user["first_name"]
        self.address = str(user["id"])

    async def begins(self) -> None:
        await self.says("/start")

    async def says(
        self,
        text: str,
        *,
        reply_to: ChatMessage | None = None,
        marks: Mapping[str, str] | None = None,
    ) -> str:
        answered = int(reply_to.id) if reply_to else None
        more: dict[str, Any] = {"entities": build_entities(text, marks)} if marks else {}
        said = await self.telegram.say(self.user, text, reply_to=answered, bot=self.bot, **more)
        return str(said["message_id"])

    async def sends(
        self, kind: str, *, caption: str | None = None, data: bytes | None = None, **more: Any
    ) -> str:
        if kind in OTHERS:
            more[kind] = OTHERS[kind]
            said = await self.telegram.say(self.user, bot=self.bot, **more)
        else:
            media = {"kind": kind}
            if data is not None:
                media["data"] = base64.b64encode(data).decode()
            more |= {"media": media, "caption": caption, "bot": self.bot}
            said = await self.telegram.say(self.user, **more)
        return str(said["message_id"])

    async def sends_album(self, *kinds: str, caption: str | None = None) -> list[str]:
        album = [{"kind": kind} for kind in kinds]
        said = await self.telegram.say(self.user, album=album, caption=caption, bot=self.bot)
        return [str(each["message_id"]) for each in said]

    async def edits(self, message_id: str, text: str) -> None:
        await self.telegram.edit(self.user, self.user, int(message_id), text, bot=self.bot)

    async def deletes(self, message_id: str) -> None:
        at = {} if self.bot is None else {"bot": self.bot}
        await self.telegram.delete(self.user, int(message_id), **at)

    async def reacts(self, message: ChatMessage, emoji: str) -> None:
        at = {} if self.bot is None else {"bot": self.bot}
        await self.telegram.react(self.user, self.user, int(message.id), emoji, **at)

    async def reads(self) -> None:
        """Do nothing: Telegram does not tell bots what is read."""

    async def chat(self) -> list[ChatMessage]:
        try:
            messages = await self.telegram.messages(self.user, bot=self.bot)
        except SandboxRequestError:  # nobody has written yet
            return []
        return [heard for each in messages if (heard := from_telegram(each))]

    async def list_received(self) -> list[ChatMessage]:
        return [each for each in await self.chat() if each.by_desk]

    async def wait_for(self, text: str) -> ChatMessage:
        async def found() -> ChatMessage | None:
            return next((each for each in await self.list_received() if text in each.text), None)

        return await eventually(found, f"{self.name} hears {text[:60]!r}")

    async def download(self, message: ChatMessage) -> bytes:
        assert message.file is not None, f"{message} has no file"
        return await self.telegram.file(message.file)

    def find_marks(self, message: ChatMessage) -> set[tuple[str, str]]:
        return {each for each in message.entities if each[0] in MARKS}


def build_entities(text: str, marks: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the entities of a text's formatted words, as Telegram's apps send them."""
    return [
        {
            "type": kind,
            "offset": _count_utf16_units(text[: text.index(words)]),
            "length": _count_utf16_units(words),
        }
        for kind, words in marks.items()
    ]


def _count_utf16_units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
