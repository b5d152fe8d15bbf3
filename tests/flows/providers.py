"""The customers' provider in the flow tests: its capabilities and its faults.

A Protocol, and the Telegram implementation; every other kind of channel has its own file.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from sandbox.telegram.client import TelegramSandbox
from tests.flows.chat_message import ChatMessage
from tests.flows.customers import Customer

# Far from the ids that the sandbox gives to messages.
_NUMBERS = itertools.count(8_000_000)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """The differences between kinds of channels."""

    # Customers press Start before their first message, and are greeted.
    begin: bool = False
    # A customer's address is a phone number.
    phones: bool = False
    # The provider also reports a customer's user name and language.
    tell_more: bool = False
    # What customers of this channel can send in addition, and the type that it is stored as.
    send_more: Mapping[str, str] = field(default_factory=dict)
    # Customers see an agent's edits.
    can_edit_answers: bool = True
    # An agent can take an answer back.
    can_delete_answers: bool = True
    # The provider reports what a customer deletes.
    reports_deletes: bool = False
    # Files that were sent together stay together.
    keeps_albums: bool = False
    # The provider reports delivery statuses, which also resolve uncertain sends.
    reports_delivery: bool = False
    # Customers see that their messages were read.
    shows_read_marks: bool = False
    # Customers react with any emoji, also with those that Telegram does not have as reactions.
    allows_any_emoji: bool = False
    # What replaces an agent's message of a type that the channel does not have.
    replacements: Mapping[str, str] = field(default_factory=dict)


class FlowProvider(Protocol):
    """Controls what happens at the provider; faults affect the next answer to this customer."""

    async def rate_limit(self, customer: Customer) -> None:
        """Reject the next answer by a rate limit, which ends after a second."""

    async def fail_once(self, customer: Customer) -> None:
        """Reject the next answer with a temporary error; nothing was sent."""

    async def drop_connection(self, customer: Customer, *, taken: bool) -> None:
        """Break the connection during the next answer; `taken`: the provider sent it before."""

    async def is_slow(self, customer: Customer, seconds: float) -> None:
        """Deliver the next answer at once, but confirm it to the desk only after these seconds."""

    async def make_unreachable(self, customer: Customer) -> None:
        """Make the customer unreachable."""

    async def make_reachable(self, customer: Customer) -> None:
        """Make the customer reachable again."""

    async def deliver_twice(self, customer: Customer, text: str) -> None:
        """Write as a customer, and deliver the message to the desk twice."""

    async def send_late_status(self, customer: Customer, message: ChatMessage) -> None:
        """Report an answer as sent and delivered after a higher status was reported."""

    async def is_typing_shown(self, customer: Customer) -> bool:
        """Check whether the customer was shown that somebody is typing."""

    async def is_read_shown(self, customer: Customer, message_id: str) -> bool:
        """Check whether the customer is shown that their message was read."""


@dataclass(frozen=True, slots=True)
class TelegramProvider:
    """Telegram, which has no delivery statuses or read marks for bots."""

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
        """Do nothing: Telegram does not tell bots how far a message got."""

    async def is_typing_shown(self, customer: Customer) -> bool:
        return bool(await self.telegram.calls("sendChatAction", int(customer.address)))

    async def is_read_shown(self, customer: Customer, message_id: str) -> bool:
        return False
