"""Send messages to the customers of a number that is linked through WAHA."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Iterable
from contextlib import aclosing
from typing import Any, TypeVar

import structlog

from bridge.convert.numbered_list import add_numbered_list
from bridge.convert.to_whatsapp import split_formatted_text
from bridge.waha.client.client import WahaClient
from bridge.waha.client.errors import WahaError, WahaRefusedError, to_delivery_error
from bridge.waha.identifiers import message_ids
from bridge.waha.identifiers.file_ids import FileId
from bridge.waha.sending import media_constraints
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
# A call without a response may still be in progress at WAHA for a moment.
_LOOKUP_DELAY = 0.5


class WahaSender:
    """Sends messages to one linked number's chats; raises the errors of desk/errors.py."""

    def __init__(self, channel_id: ChannelId, client: WahaClient) -> None:
        self._channel_id = channel_id
        self._client = client

    async def deliver(self, delivery: Delivery) -> SendResult:
        """Send a content; after a failed part, send no further parts."""
        if delivery.file_error is not None:
            raise delivery.file_error
        chat = delivery.destination.chat
        reply_to = delivery.reply_to and message_ids.parse_message_id(delivery.reply_to).to_waha_id(
            chat
        )
        content = add_numbered_list(delivery.content, delivery.buttons)
        return await self._send_all(delivery, build_requests(chat, content, reply_to))

    async def _send_all(self, delivery: Delivery, requests: Iterable[WahaRequest]) -> SendResult:
        done: list[str] = []
        for number, request in enumerate(requests):
            try:
                done += await self._send(delivery, request, is_first=number == 0)
            except DeliveryError as error:
                if number == 0:
                    raise
                # A retry of the row would send the first part a second time.
                kind = Rejected if isinstance(error, Rejected) else Uncertain
                raise kind(f"only the first part was sent: {error}") from error
        return SendResult(tuple(done))

    async def edit(self, delivery: Delivery) -> SendResult:
        """Edit a sent message; text that is longer now continues in new messages."""
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
                gone.append(part)  # it was deleted when the text was shorter
        for target in targets[len(parts) :]:
            await self._delete(delivery, target)
        more = parts[len(targets) :] if targets else []
        done: list[str] = []
        for part in [*gone, *more]:
            for request in build_requests(delivery.destination.chat, Content(text=part), None):
                done += await self._send(delivery, request, is_first=False)
        return SendResult(tuple(done))

    async def delete(self, delivery: Delivery) -> None:
        """Delete every message of an answer for everyone."""
        for target in delivery.targets:
            await self._delete(delivery, target)

    async def react(self, delivery: Delivery) -> None:
        """Set our reaction on a message, or remove it."""
        for target in delivery.targets[:1]:
            _, message_id = _to_waha_ids(delivery, target)
            await self._run_mapping_errors(self._client.react(message_id, delivery.emoji))

    async def mark_read(self, place: Destination) -> None:
        """Mark a customer's messages as read: all of them, or the last one if WAHA cannot do that.

        An engine that stores no messages does not know which of them are unread.
        """
        try:
            await self._run_mapping_errors(self._client.mark_read(place.chat))
        except (Rejected, Uncertain):
            if place.last_inbound_id is None:
                raise
            last = message_ids.parse_message_id(place.last_inbound_id).to_waha_id(place.chat)
            seen: Json = {"chatId": place.chat, "messageIds": [last]}
            await self._run_mapping_errors(self._client.send("sendSeen", seen))

    async def show_typing(self, place: Destination) -> None:
        """Show a customer that an agent is typing; a message that arrives ends it."""
        await self._run_mapping_errors(self._client.send("startTyping", {"chatId": place.chat}))

    def get_media_constraints(self, kind: MessageType) -> MediaConstraints | None:
        """Return which files WhatsApp accepts as this message type."""
        return media_constraints.get_media_constraints(kind)

    async def download(self, file_id: str) -> AsyncGenerator[bytes, None]:
        """Yield the bytes of a file that a customer sent; raise MediaError.

        If WAHA has removed the file already, it is downloaded from WhatsApp again, once.
        """
        file = FileId.parse(file_id)
        begun = False
        try:
            async with aclosing(self._client.download(file.path)) as chunks:
                async for chunk in chunks:
                    begun = True
                    yield chunk
                return
        except FileGoneError:
            if begun or not file.message_id:
                raise
        async with aclosing(self._client.download(await self._refetch_file_url(file))) as chunks:
            async for chunk in chunks:
                yield chunk

    async def _refetch_file_url(self, file: FileId) -> str:
        try:
            found = await self._client.get_message(file.chat, file.message_id, download=True)
        except WahaError as error:
            raise _to_media_error(error) from None
        path = found.media.stored_path if found.media else None
        if path is None:
            raise FileGoneError("WhatsApp no longer has the file")
        return path

    async def _send(self, delivery: Delivery, request: WahaRequest, *, is_first: bool) -> list[str]:
        """Make one call; return the id of the sent message if WAHA gives it."""
        tail = None
        if request.accepts_id and is_first:
            # Only one message of a row can have the row's id.
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
            fields = request.body if tail is None else {**request.body, "id": tail}
            return await self._client.send(request.operation, fields)
        path = delivery.file
        if path is None or not await asyncio.to_thread(path.is_file):
            raise Rejected("the file is not in MEDIA_DIR, which web and worker processes share")
        body = await build_upload_body({**request.body, "session": self._client.session}, path)
        return await self._client.send_file(request.operation, body)

    async def _find_sent_message(self, chat: str, tail: str) -> str | None:
        """Find a message whose id we chose; return None if it is not there or the lookup fails."""
        await asyncio.sleep(_LOOKUP_DELAY)
        message_id = message_ids.MessageId(from_us=True, tail=tail)
        try:
            await self._client.get_message(chat, message_id.to_waha_id(chat))
        except WahaError:
            return None
        log.info("waha.send_confirmed", message=tail)
        return message_id.stored_id

    async def _delete(self, delivery: Delivery, target: str) -> None:
        await self._run_mapping_errors(self._client.delete(*_to_waha_ids(delivery, target)))

    async def _run_mapping_errors(self, call: Awaitable[T]) -> T:
        try:
            return await call
        except WahaError as error:
            raise to_delivery_error(error) from error


def _to_waha_ids(delivery: Delivery, target: str) -> tuple[str, str]:
    """Return a message's chat and id in WAHA's form."""
    chat = delivery.destination.chat
    return chat, message_ids.parse_message_id(target).to_waha_id(chat)


def read_sent_id(answer: Any) -> str | None:
    """Read the id of a sent message in its stored form; return None if there is none.

    A sent message must not be sent again because its response is unusual.
    """
    fields = answer if isinstance(answer, dict) else {}
    key = fields.get("key")
    for found in (fields.get("id"), key.get("id") if isinstance(key, dict) else None):
        written = found.get("_serialized") if isinstance(found, dict) else found
        if isinstance(written, str):
            try:
                return message_ids.parse_message_id(written, from_us=True).stored_id
            except message_ids.MalformedIdError:
                continue
    log.warning("waha.id_missing", hint="edits, replies and receipts cannot find this message")
    return None


def _to_media_error(error: WahaError) -> FileUnavailableError | FileGoneError:
    gone = isinstance(error, WahaRefusedError) and error.status in {400, 404, 410}
    return (FileGoneError if gone else FileUnavailableError)(str(error))
