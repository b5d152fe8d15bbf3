"""The common part of customers of both kinds of WhatsApp number in the flow tests."""

import re
from collections.abc import Mapping
from typing import Any

from tests.flows.chat_message import ChatMessage
from tests.flows.eventually import eventually

Json = dict[str, Any]
_PHONES = iter(range(6_281_100_000_000, 6_281_200_000_000))
_SIGNS = {"bold": "*", "italic": "_", "strikethrough": "~", "code": "`"}
# WhatsApp's name of a message type → the tests' name.
KIND_NAMES = {"image": "photo", "file": "document", "contacts": "contact"}


def new_phone() -> str:
    """Return a phone number that is not used yet."""
    return str(next(_PHONES))


def format_text(text: str, marks: Mapping[str, str] | None) -> str:
    """Format a text as a person types formatting on a phone."""
    for kind, words in (marks or {}).items():
        text = text.replace(words, f"{_SIGNS[kind]}{words}{_SIGNS[kind]}", 1)
    return text


class WhatsAppCustomer:
    """The receiving methods that both kinds share."""

    name: str

    async def begins(self) -> None:
        """Do nothing: WhatsApp requires nothing before the first message."""

    async def sends(
        self, kind: str, *, caption: str | None = None, data: bytes | None = None, **more: Any
    ) -> str:
        raise NotImplementedError

    async def sends_album(self, *kinds: str, caption: str | None = None) -> list[str]:
        """Send the files one after the other: WhatsApp reports no albums."""
        return [
            await self.sends(kind, caption=caption if number == 0 else None)
            for number, kind in enumerate(kinds)
        ]

    async def chat(self) -> list[ChatMessage]:
        raise NotImplementedError

    async def list_received(self) -> list[ChatMessage]:
        return [each for each in await self.chat() if each.by_desk]

    async def wait_for(self, text: str) -> ChatMessage:
        async def found() -> ChatMessage | None:
            return next((each for each in await self.list_received() if text in each.text), None)

        return await eventually(found, f"{self.name} hears {text[:60]!r}")

    def find_marks(self, message: ChatMessage) -> set[tuple[str, str]]:
        return {
            (kind, words)
            for kind, sign in _SIGNS.items()
            for words in re.findall(
                rf"(?<!\w){re.escape(sign)}(\S[^\n]*?){re.escape(sign)}", message.text
            )
        }
