"""The customers' provider as the flow tests play it: what it can do, and what goes wrong there.

A port, and Telegram's side of it; every other kind of channel has its own file.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from sandbox.telegram.client import TelegramSandbox
from tests.flows.chat_message import ChatMessage
from tests.flows.customers import Customer

# Far from the numbers that the sandbox gives to messages.
_NUMBERS = itertools.count(8_000_000)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a kind of channel can do, where they differ."""

    # Customers press something before their first message, and are greeted.
    begin: bool = False
    # A customer's address is a telephone number.
    phones: bool = False
    # A customer's user name and language are told, too.
    tell_more: bool = False
    # What customers can send beside what everybody can, and as what it is kept.
    send_more: Mapping[str, str] = field(default_factory=dict)
    # What an agent changes, the customer sees changed.
    can_edit_answers: bool = True
    # The desk is told what a customer takes back.
    reports_deletes: bool = False
    # Files that were sent together stay together.
    keeps_albums: bool = False
    # The desk is told how far an answer got, which settles doubts about its sending, too.
    reports_delivery: bool = False
    # Customers see that what they said was read.
    shows_read_marks: bool = False
    # Customers react with any emoji, also with those that Telegram has no reaction for.
    allows_any_emoji: bool = False
    # As what an agent's message comes, where the channel has none of its kind.
    replacements: Mapping[str, str] = field(default_factory=dict)


class FlowProvider(Protocol):
    """Orders what happens at the provider's; faults strike the next answer to this customer."""

    async def rate_limit(self, customer: Customer) -> None:
        """Refuse the next answer, for there are too many; a second later there is room."""

    async def fail_once(self, customer: Customer) -> None:
        """Refuse the next answer by a fault that passes; nothing was sent."""

    async def drop_connection(self, customer: Customer, *, taken: bool) -> None:
        """Break the connection while the next answer is sent: `taken`, when it was sent already."""

    async def is_slow(self, customer: Customer, seconds: float) -> None:
        """Bring the next answer at once, and say so to the desk only after these seconds."""

    async def make_unreachable(self, customer: Customer) -> None:
        """Have the customer be where nothing can be brought to."""

    async def make_reachable(self, customer: Customer) -> None:
        """Have the customer be back."""

    async def deliver_twice(self, customer: Customer, text: str) -> None:
        """Let a customer say something that the desk is told twice."""

    async def send_late_status(self, customer: Customer, message: ChatMessage) -> None:
        """Tell that an answer was sent and delivered, when more than that was told already."""

    async def is_typing_shown(self, customer: Customer) -> bool:
        """Say whether the customer was shown that somebody writes."""

    async def is_read_shown(self, customer: Customer, message_id: str) -> bool:
        """Say whether the customer is shown that what they said was read."""


@dataclass(frozen=True, slots=True)
class TelegramProvider:
    """Telegram, which has neither ticks nor read marks for bots."""

    telegram: TelegramSandbox

    async def rate_limit(self, customer: Customer) -> None:
        chat = int(customer.address)
        await self.telegram.fail("sendMessage", chat_id=chat, code=429, retry_after=1)

    async def fail_once(self, customer: Customer) -> None:
        await self.telegram.fail("sendMessage", chat_id=int(customer.address), code=500)

    async def drop_connection(self, customer: Customer, *, taken: bool) -> None:
        kind = "drop_after" if taken else "drop_before"
        await self.telegram.fail("sendMessage", chat_id=int(customer.address), kind=kind)

    async def is_slow(self, customer: Customer, seconds: float) -> None:
        chat = int(customer.address)
        await self.telegram.fail("sendMessage", chat_id=chat, kind="late", seconds=seconds)

    async def make_unreachable(self, customer: Customer) -> None:
        await self.telegram.block(int(customer.address))

    async def make_reachable(self, customer: Customer) -> None:
        await self.telegram.block(int(customer.address), blocked=False)

    async def deliver_twice(self, customer: Customer, text: str) -> None:
        person = {"id": int(customer.address), "first_name": customer.name}
        message = {
            "message_id": next(_NUMBERS),
            "date": 1_800_000_000,
            "chat": {**person, "type": "private"},
            "from": {**person, "is_bot": False},
            "text": text,
        }
        first = await self.telegram.inject({"message": message})
        await self.telegram.inject({"message": message, **first})

    async def send_late_status(self, customer: Customer, message: ChatMessage) -> None:
        """Bots are not told how far a message got."""

    async def is_typing_shown(self, customer: Customer) -> bool:
        return bool(await self.telegram.calls("sendChatAction", int(customer.address)))

    async def is_read_shown(self, customer: Customer, message_id: str) -> bool:
        return False
