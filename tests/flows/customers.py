"""Customers as the flow tests play them: a port, and Telegram's side of it.

Another channel's customer is another class with these methods; no test below names Telegram.
"""

from typing import Any, Protocol

from sandbox.telegram.client import SandboxRefusalError, TelegramSandbox
from tests.flows.eventually import eventually
from tests.flows.heard import Heard, from_telegram

# How the sandbox is told to let somebody send something that is neither text nor a file.
_PLACE = {"latitude": -6.2, "longitude": 106.8}
_OTHERS: dict[str, Any] = {
    "location": _PLACE,
    "venue": {"location": _PLACE, "title": "Monas", "address": "Jakarta"},
    "contact": {"phone_number": "+62811", "first_name": "Budi"},
    "dice": {"emoji": "🎲", "value": 4},
    "poll": {"question": "Tea?", "options": ["yes", "no"]},
}


class Customer(Protocol):
    """Somebody who writes to the desk; what they send is named by its id."""

    @property
    def name(self) -> str: ...

    @property
    def address(self) -> str:
        """The customer's address on the channel."""

    async def begins(self) -> None:
        """Do what the channel wants done before the first message."""

    async def says(self, text: str, *, reply_to: Heard | None = None) -> str: ...

    async def sends(self, kind: str, *, caption: str | None = None, **more: Any) -> str: ...

    async def sends_album(self, *kinds: str, caption: str | None = None) -> list[str]: ...

    async def edits(self, message_id: str, text: str) -> None: ...

    async def reacts(self, message: Heard, emoji: str) -> None: ...

    async def chat(self) -> list[Heard]:
        """Everything in the customer's chat, in order."""

    async def heard(self) -> list[Heard]:
        """What came from the desk, in order."""

    async def hears(self, text: str) -> Heard:
        """Wait for a message of the desk that contains this text."""


class TelegramCustomer:
    """A customer who writes to the bot; where there are several, to the one with this id."""

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

    async def says(self, text: str, *, reply_to: Heard | None = None) -> str:
        answered = int(reply_to.id) if reply_to else None
        said = await self.telegram.say(self.user, text, reply_to=answered, bot=self.bot)
        return str(said["message_id"])

    async def sends(self, kind: str, *, caption: str | None = None, **more: Any) -> str:
        if kind in _OTHERS:
            more[kind] = _OTHERS[kind]
            said = await self.telegram.say(self.user, bot=self.bot, **more)
        else:
            media = {"kind": kind}
            more |= {"media": media, "caption": caption, "bot": self.bot}
            said = await self.telegram.say(self.user, **more)
        return str(said["message_id"])

    async def sends_album(self, *kinds: str, caption: str | None = None) -> list[str]:
        album = [{"kind": kind} for kind in kinds]
        said = await self.telegram.say(self.user, album=album, caption=caption, bot=self.bot)
        return [str(each["message_id"]) for each in said]

    async def edits(self, message_id: str, text: str) -> None:
        await self.telegram.edit(self.user, self.user, int(message_id), text)

    async def reacts(self, message: Heard, emoji: str) -> None:
        await self.telegram.react(self.user, self.user, int(message.id), emoji)

    async def chat(self) -> list[Heard]:
        try:
            messages = await self.telegram.messages(self.user, bot=self.bot)
        except SandboxRefusalError:  # nobody wrote yet
            return []
        return [heard for each in messages if (heard := from_telegram(each))]

    async def heard(self) -> list[Heard]:
        return [each for each in await self.chat() if each.by_desk]

    async def hears(self, text: str) -> Heard:
        async def found() -> Heard | None:
            return next((each for each in await self.heard() if text in each.text), None)

        return await eventually(found, f"{self.name} hears {text[:60]!r}")
