"""Send content that is not at Telegram: local files, locations, contacts, the rest as text."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.convert import to_telegram
from bot.convert.location_contact import describe_as_text, to_location_or_contact
from bot.convert.polls import to_poll
from bot.sender.api_calls import ApiCaller
from bot.sender.uploads import WITHOUT_CAPTION, MediaUploader
from db.tables import Side
from desk.content import Content
from desk.delivery.ports import Delivery, SendResult
from desk.errors import Unavailable, Uncertain
from desk.formatting.splitting import split_text

_TEXT_LIMIT, _CAPTION_LIMIT = 4096, 1024

SendText = Callable[[Delivery, Content], Awaitable[SendResult]]
VerifyPlacement = Callable[[Delivery, Any], Awaitable[SendResult]]


class LocalFileSender:
    """Sends through one bot; `verify_placement` checks that a sent message is in its topic."""

    def __init__(
        self, call: ApiCaller, send_text: SendText, verify_placement: VerifyPlacement, language: str
    ) -> None:
        self._call = call
        self._send_text = send_text
        self._verify_placement = verify_placement
        self._language = language
        self._uploads = MediaUploader(call)

    async def send_file(self, delivery: Delivery, path: Path) -> SendResult:
        """Send a file with its caption; send the text that does not fit as further messages."""
        if not await asyncio.to_thread(path.is_file):
            raise Unavailable("the file was removed to free space, and is downloaded again")
        caption, rest = split_caption(delivery.content)
        # Buttons stand below the last part.
        buttons = [] if rest else delivery.buttons
        sent = await self._uploads.send(replace(delivery, content=caption, buttons=buttons), path)
        return await self.send_remaining_texts(
            delivery, await self._verify_placement(delivery, sent), rest
        )

    async def send_without_file(self, delivery: Delivery) -> SendResult:
        """Send a location, a contact or a poll, or a text that describes what cannot be sent."""
        place, content = delivery.destination, delivery.content
        common = {
            "chat_id": place.chat,
            "message_thread_id": to_telegram.to_thread_id(place.topic),
            "reply_parameters": to_telegram.to_reply_parameters(delivery.reply_to),
        }
        poll = to_poll(content, common)
        if poll is not None:
            return await self._verify_placement(delivery, await self._call(poll, delivery.side))
        method = to_location_or_contact(content, common)
        if method is None:
            return await self._send_text(delivery, describe_as_text(content, self._language))
        result = await self._verify_placement(delivery, await self._call(method, delivery.side))
        return await self.send_remaining_texts(
            delivery, result, _split_into_texts(content, _TEXT_LIMIT)
        )

    async def send_remaining_texts(
        self, delivery: Delivery, result: SendResult, parts: list[Content]
    ) -> SendResult:
        """Send texts after the first message.

        Raise Uncertain for a customer: a retry would send again what they already received.
        """
        ids, behind = result.provider_ids, replace(delivery, reply_to=None)
        for number, part in enumerate(parts, 1):
            last = behind if number == len(parts) else replace(behind, buttons=[])
            try:
                ids += (await self._send_text(last, part)).provider_ids
            except Unavailable as error:
                if delivery.side is Side.STAFF:
                    raise
                raise Uncertain(f"it was sent without the end of its text ({error})") from error
        return SendResult(ids)


def _split_into_texts(content: Content, limit: int) -> list[Content]:
    parts = split_text(content.text or "", content.entities, limit)
    return [Content(text=text, entities=entities) for text, entities in parts]


def split_caption(content: Content) -> tuple[Content, list[Content]]:
    """Split off as much text as a caption holds; return the rest as texts."""
    if content.type in WITHOUT_CAPTION:
        return content, _split_into_texts(content, _TEXT_LIMIT)
    first, *rest = _split_into_texts(content, _CAPTION_LIMIT) or [Content()]
    return replace(content, text=first.text, entities=first.entities), rest
