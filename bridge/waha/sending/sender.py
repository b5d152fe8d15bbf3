"""Brings messages to the customers of a number that is linked through WAHA."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Iterable
from contextlib import aclosing
from typing import Any, TypeVar

import structlog

from bridge.convert import media_constraints
from bridge.convert.to_whatsapp import split_formatted_text
from bridge.waha.client.client import WahaClient
from bridge.waha.client.errors import WahaError, WahaRefusedError, to_delivery_error
from bridge.waha.identifiers import message_ids
from bridge.waha.identifiers.file_ids import FileId
from bridge.waha.sending.base64_upload import build_upload_body
from bridge.waha.sending.requests import CAPTION_LIMIT, TEXT_LIMIT, WahaRequest, build_requests
from db.ids import ChannelId
from db.tables import MessageType
from desk.content import Content
from desk.delivery.ports import Delivery, Destination, SendResult
from desk.errors import DeliveryError, Rejected, Uncertain
from desk.media.errors import FileGoneError, FileUnavailableError
from desk.media.ports import MediaConstraints

log = structlog.get_logger(__name__)

T = TypeVar("T")
Json = dict[str, Any]
# A call that nobody saw the end of may still be under way at WAHA for a moment.
_LOOKUP_DELAY = 0.5


class WahaSender:
    """Brings messages to one linked number's chats; raises what desk/errors.py draws."""

    def __init__(self, channel_id: ChannelId, client: WahaClient) -> None:
        self._channel_id = channel_id
        self._client = client

    async def deliver(self, delivery: Delivery) -> SendResult:
        """Send a content; what is behind a part that failed is not sent."""
        if delivery.file_error is not None:
            raise delivery.file_error
        chat = delivery.destination.chat
        reply_to = delivery.reply_to and message_ids.parse_message_id(delivery.reply_to).to_waha_id(
            chat
        )
        return await self._send_all(delivery, build_requests(chat, delivery.content, reply_to))

    async def _send_all(self, delivery: Delivery, requests: Iterable[WahaRequest]) -> SendResult:
        done: list[str] = []
        for number, request in enumerate(requests):
            try:
                done += await self._send(delivery, request, is_first=number == 0)
            except DeliveryError as error:
                if number == 0:
                    raise
                # Tried again, the row would bring what is there already a second time.
                kind = Rejected if isinstance(error, Rejected) else Uncertain
                raise kind(f"only the first part was sent: {error}") from error
        return SendResult(tuple(done))

    async def edit(self, delivery: Delivery) -> SendResult:
        """Change what was sent; a text that is longer now goes on in messages of its own."""
        content, targets = delivery.content, delivery.targets
        first = CAPTION_LIMIT if content.file is not None else TEXT_LIMIT
        parts = list(
            split_formatted_text(content.text or "", content.entities, TEXT_LIMIT, first=first)
        )
        gone: list[str] = []
        for target, part in zip(targets, parts, strict=False):
            try:
                await self._run_mapping_errors(
                    self._client.edit(*_to_waha_ids(delivery, target), part)
                )
            except Rejected:
                if target == targets[0]:
                    raise
                gone.append(part)  # when the text was shorter, this was deleted
        for target in targets[len(parts) :]:
            await self._delete(delivery, target)
        more = parts[len(targets) :] if targets else []
        done: list[str] = []
        for part in [*gone, *more]:
            for request in build_requests(delivery.destination.chat, Content(text=part), None):
                done += await self._send(delivery, request, is_first=False)
        return SendResult(tuple(done))

    async def delete(self, delivery: Delivery) -> None:
        """Delete every message that an answer came to, for everyone."""
        for target in delivery.targets:
            await self._delete(delivery, target)

    async def react(self, delivery: Delivery) -> None:
        """Put our reaction on a message, or take it back."""
        for target in delivery.targets[:1]:
            _, message_id = _to_waha_ids(delivery, target)
            await self._run_mapping_errors(self._client.react(message_id, delivery.emoji))

    async def mark_read(self, place: Destination) -> None:
        """Show a customer that what they wrote was read: all of it, or where WAHA cannot, the last.

        An engine that keeps no messages does not know which of them are unread.
        """
        try:
            await self._run_mapping_errors(self._client.read(place.chat))
        except (Rejected, Uncertain):
            if place.last_inbound_id is None:
                raise
            last = message_ids.parse_message_id(place.last_inbound_id).to_waha_id(place.chat)
            seen: Json = {"chatId": place.chat, "messageIds": [last]}
            await self._run_mapping_errors(self._client.send("sendSeen", seen))

    async def show_typing(self, place: Destination) -> None:
        """Show a customer that somebody is typing; a message that arrives ends it."""
        await self._run_mapping_errors(self._client.send("startTyping", {"chatId": place.chat}))

    def get_media_constraints(self, kind: MessageType) -> MediaConstraints | None:
        """Say which files WhatsApp takes as messages of this kind; WAHA sends no stickers."""
        return (
            None if kind is MessageType.STICKER else media_constraints.get_media_constraints(kind)
        )

    async def download(self, file_id: str) -> AsyncGenerator[bytes, None]:
        """Give the bytes of a file that a customer sent; raises MediaError.

        One that WAHA has removed already is fetched from WhatsApp anew, once.
        """
        name = FileId.read(file_id)
        begun = False
        try:
            async with aclosing(self._client.download(name.path)) as pieces:
                async for piece in pieces:
                    begun = True
                    yield piece
                return
        except FileGoneError:
            if begun or not name.message_id:
                raise
        async with aclosing(self._client.download(await self._refetch_file_url(name))) as pieces:
            async for piece in pieces:
                yield piece

    async def _refetch_file_url(self, name: FileId) -> str:
        try:
            found = await self._client.get_message(name.chat, name.message_id, download=True)
        except WahaError as error:
            raise _to_media_error(error) from None
        url = found.media.url if found.media else None
        if url is None:
            raise FileGoneError("WhatsApp does not hand it out any more")
        return url

    async def _send(self, delivery: Delivery, request: WahaRequest, *, is_first: bool) -> list[str]:
        """Make one call; returns the id of the message that it made, where WAHA says it."""
        tail = None
        if request.accepts_id and is_first:
            # Only one message of a row can bear the row's name.
            tail = message_ids.build_own_tail(self._channel_id, delivery.row_id)
        try:
            answer = await self._run_mapping_errors(self._call(delivery, request, tail))
        except Uncertain:
            found = (
                None
                if tail is None
                else await self._find_sent_message(delivery.destination.chat, tail)
            )
            if found is None:
                raise
            return [found]
        sent = read_sent_id(answer)
        return [] if sent is None else [sent]

    async def _call(self, delivery: Delivery, request: WahaRequest, tail: str | None) -> Any:
        if not request.has_file:
            body = request.body if tail is None else {**request.body, "id": tail}
            return await self._client.send(request.operation, body)
        path = delivery.file
        if path is None or not await asyncio.to_thread(path.is_file):
            raise Rejected("the file is not in MEDIA_DIR, which web and worker processes share")
        whole = await build_upload_body({**request.body, "session": self._client.session}, path)
        return await self._client.send_file(request.operation, whole)

    async def _find_sent_message(self, chat: str, tail: str) -> str | None:
        """Find a message that we named ourselves; None: it is not there, or nobody can say."""
        await asyncio.sleep(_LOOKUP_DELAY)
        name = message_ids.MessageId(from_us=True, tail=tail)
        try:
            await self._client.get_message(chat, name.to_waha_id(chat))
        except WahaError:
            return None
        log.info("waha.send_confirmed", get_message=tail)
        return name.stored_id

    async def _delete(self, delivery: Delivery, target: str) -> None:
        await self._run_mapping_errors(self._client.delete(*_to_waha_ids(delivery, target)))

    async def _run_mapping_errors(self, call: Awaitable[T]) -> T:
        try:
            return await call
        except WahaError as error:
            raise to_delivery_error(error) from error


def _to_waha_ids(delivery: Delivery, target: str) -> tuple[str, str]:
    """Give a message's chat and its id as WAHA takes them."""
    chat = delivery.destination.chat
    return chat, message_ids.parse_message_id(target).to_waha_id(chat)


def read_sent_id(answer: Any) -> str | None:
    """Read the id of a message that was sent, in the form in which we keep it; None: not said.

    What was sent must not be sent again because its description is unusual.
    """
    facts = answer if isinstance(answer, dict) else {}
    key = facts.get("key")
    for said in (facts.get("id"), key.get("id") if isinstance(key, dict) else None):
        written = said.get("_serialized") if isinstance(said, dict) else said
        if isinstance(written, str):
            try:
                return message_ids.parse_message_id(written, from_us=True).stored_id
            except message_ids.MalformedIdError:
                continue
    log.warning("waha.no_id", hint="edits, replies and receipts cannot find this message")
    return None


def _to_media_error(error: WahaError) -> FileUnavailableError | FileGoneError:
    gone = isinstance(error, WahaRefusedError) and error.status in {400, 404, 410}
    return (FileGoneError if gone else FileUnavailableError)(str(error))
