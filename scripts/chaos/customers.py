"""Customers of any kind of channel, as the conversation driver and the evidence use them."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.common.control_client import SandboxRequestError
from sandbox.telegram.client import TelegramSandbox
from scripts.chaos.message_log import Id, Json, find_token, get_text
from scripts.chaos.plan import Provider

# The sandbox's answer to an impossible action: its subject is gone, or nobody has written yet.
REFUSAL_ERRORS = (SandboxRequestError,)


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of a customer's chat, as the customer sees it."""

    id: Id
    # Its position in the chat.
    place: int
    at: float
    text: str
    by_desk: bool
    # The token of the message that it answers.
    reply_to_token: str | None = None
    # The desk's reaction to it; empty: none.
    reaction: str = ""
    # Every delivery status that the provider reported, in the desk's terms.
    statuses: tuple[str, ...] = ()

    @property
    def has_arrived(self) -> bool:
        """Return whether it reached the customer; a failed message that nobody saw did not."""
        told = set(self.statuses)
        return not told & {"failed", "held"} or bool(told & {"delivered", "read"})

    @property
    def token(self) -> str | None:
        """The token at the beginning of its text."""
        return find_token({"text": self.text})


@dataclass(slots=True)
class Customer(ABC):
    """A customer who writes to one of the desk's channels."""

    name: str
    kind: Provider

    @property
    @abstractmethod
    def chat_id(self) -> Id:
        """The chat's id at its provider."""

    @abstractmethod
    async def says(self, text: str, *, reply_to: Id | None = None) -> Id:
        """Write a text and return the message's id."""

    @abstractmethod
    async def sends_pictures(self, captions: list[str]) -> list[Id]:
        """Send pictures, as one album where the provider has albums."""

    @abstractmethod
    async def edits(self, message: Id, text: str) -> None:
        """Edit a text or caption."""

    @abstractmethod
    async def reacts(self, message: Id, emoji: str) -> None:
        """React to a message."""

    @abstractmethod
    async def reads(self) -> None:
        """Read every message."""

    @abstractmethod
    async def chat(self) -> list[ChatMessage]:
        """Return the chat, oldest message first; empty if there is none yet."""

    @abstractmethod
    async def add_fault(self, **fault: object) -> int:
        """Set a fault for the next answer and return its number."""

    @abstractmethod
    async def has_pending_fault(self, fault: int) -> bool:
        """Check whether a fault has not happened yet."""


@dataclass(slots=True)
class TelegramCustomer(Customer):
    """A customer who writes to the Telegram bot."""

    telegram: TelegramSandbox
    user: Json
    bot: int
    _pictures: Mapping[str, str] = field(default_factory=lambda: {"kind": "photo"})

    @property
    def chat_id(self) -> Id:
        return int(self.user["id"])

    async def says(self, text: str, *, reply_to: Id | None = None) -> Id:
        answered = None if reply_to is None else int(reply_to)
        said = await self.telegram.say(self.user, text, reply_to=answered, bot=self.bot)
        return int(said["message_id"])

    async def sends_pictures(self, captions: list[str]) -> list[Id]:
        first = captions[0]
        if len(captions) == 1:
            one = await self.telegram.say(
                self.user, media={**self._pictures}, caption=first, bot=self.bot
            )
            return [int(one["message_id"])]
        album: list[Json] = [{**self._pictures, "caption": each} for each in captions]
        sent = await self.telegram.say(self.user, album=album, caption=first, bot=self.bot)
        return [int(each["message_id"]) for each in sent]

    async def edits(self, message: Id, text: str) -> None:
        await self.telegram.edit(self.user, self.user, int(message), text, bot=self.bot)

    async def reacts(self, message: Id, emoji: str) -> None:
        await self.telegram.react(self.user, self.user, int(message), emoji, bot=self.bot)

    async def reads(self) -> None:
        """Do nothing: Telegram does not tell bots what is read."""

    async def chat(self) -> list[ChatMessage]:
        try:
            found = await self.telegram.messages(self.user, bot=self.bot)
        except SandboxRequestError:  # nobody has written yet
            return []
        return [self._to_chat_message(each) for each in found]

    def _to_chat_message(self, each: Json) -> ChatMessage:
        answered = each.get("reply_to_message")
        marks = [mark["emoji"] for mark in each["_reactions"] if mark["user_id"] != self.chat_id]
        return ChatMessage(
            id=each["message_id"],
            place=each["message_id"],
            at=each["date"],
            text=get_text(each),
            by_desk=each["from"]["is_bot"],
            reply_to_token=find_token(answered) if answered else None,
            reaction="".join(marks),
        )

    async def add_fault(self, **fault: object) -> int:
        return await self.telegram.fail("sendMessage", chat_id=int(self.chat_id), **fault)  # type: ignore[arg-type]  # `kind` and `times` among them

    async def has_pending_fault(self, fault: int) -> bool:
        return any(each["id"] == fault for each in await self.telegram.faults())
