"""File transfer: bring files from the provider where they were sent to the one that needs them.

A file that the target provider already has is copied there by that provider. All other files are
downloaded to our disk first and made to fit the channel's constraints. No transaction is open
meanwhile.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import structlog

from db.ids import ChannelId, MessageId
from db.queues.outbox import OutboxRow
from db.tables import MessageType, OutboxKind, Side
from desk.channels import Channels
from desk.content import FILE_CHANNEL
from desk.delivery.ports import Delivery
from desk.errors import DeliveryError, FileRefused, Unavailable
from desk.media.cache import MEGABYTE
from desk.media.converter import Converter
from desk.media.errors import (
    FileGoneError,
    FileTooLargeError,
    FileUnavailableError,
    MediaError,
)
from desk.media.message_files import MessageFiles
from desk.media.ports import MediaConstraints, SupportsMedia
from desk.media.send_options import GetConstraints
from desk.media.transcode import ANY_FILE, Transcoder
from desk.texts import translate

log = structlog.get_logger(__name__)

# So many senders may wait for files at once; the others go on with texts.
_MAX_TRANSFERS = 16
# Seconds for one file, from the download until it fits: a hundred megabytes take a while.
_TIMEOUT = 300.0
# While a file's provider is away, the conversation behind it waits, too: not for ever.
_MAX_ATTEMPTS = 8
_KINDS_WITHOUT_FILE = {
    OutboxKind.EDIT,
    OutboxKind.DELETE,
    OutboxKind.REACTION,
    OutboxKind.SEEN,
    OutboxKind.BUTTON_REPLY,
    OutboxKind.MENU_BUTTON,
}


class FileTransfer:
    """Adds files to deliveries; `language` is the staff's."""

    def __init__(
        self,
        channels: Channels,
        senders: Mapping[ChannelId, object],
        files: MessageFiles,
        converter: Converter,
        language: str,
    ) -> None:
        self._channels = channels
        self._senders = senders
        self._files = files
        self._transcoder = Transcoder(files, converter)
        self._language = language
        self._free_slots = _MAX_TRANSFERS
        self._limits: set[asyncio.Timeout] = set()
        self._stopping = False

    def stop(self) -> None:
        """Abandon the running transfers: nothing was sent, and they are requested again later."""
        self._stopping = True
        now = asyncio.get_running_loop().time()
        for limit in self._limits:
            limit.reschedule(now)

    def is_needed(self, row: OutboxRow, delivery: Delivery) -> bool:
        """Check whether a delivery needs a file that its provider does not have yet."""
        content = delivery.content
        has_no_file = delivery.kind in _KINDS_WITHOUT_FILE and not delivery.replaces_file
        if content.is_text or has_no_file:
            return False
        return content.is_upload or self._get_source_channel(row, delivery) != row.channel_id

    async def fetch(self, row: OutboxRow, delivery: Delivery) -> Delivery:
        """Return a delivery with its file on our disk, as a type that its channel accepts.

        If the file is not available, the delivery says why in `file_error`. Raises nothing.
        """
        delivery = replace(delivery, content=replace(delivery.content, source=None))
        try:
            async with self._reserve_slot():
                return await self._fetch_and_fit(row, delivery)
        except DeliveryError as error:
            return replace(delivery, file_error=error)
        except TimeoutError:
            return replace(delivery, file_error=self._to_timeout_error(row))
        except MediaError as error:
            return replace(delivery, file_error=self._to_delivery_error(row, error))
        except Exception as error:
            log.exception("media.transfer_failed", outbox_id=row.id)
            reason = FileUnavailableError(f"it could not be saved here: {type(error).__name__}")
            return replace(delivery, file_error=self._to_delivery_error(row, reason))

    def _get_source_channel(self, row: OutboxRow, delivery: Delivery) -> ChannelId:
        """Return the channel that has the file: the customer's own, or the staff's."""
        named = (delivery.content.file or {}).get(FILE_CHANNEL)
        if isinstance(named, str):
            return ChannelId(named)
        channel_id = delivery.channel_id
        if channel_id is None or not self._channels.is_known(channel_id):
            return row.channel_id
        to_staff = delivery.side is Side.STAFF
        return channel_id if to_staff else self._channels[channel_id].staff_channel_id

    @asynccontextmanager
    async def _reserve_slot(self) -> AsyncIterator[None]:
        if self._free_slots <= 0:
            raise Unavailable("too many files are being transferred at once", retry_after=1)
        self._free_slots -= 1
        try:
            async with asyncio.timeout(0 if self._stopping else _TIMEOUT) as limit:
                self._limits.add(limit)
                try:
                    yield
                finally:
                    self._limits.discard(limit)
        finally:
            self._free_slots += 1

    def _to_timeout_error(self, row: OutboxRow) -> DeliveryError:
        if self._stopping:
            return Unavailable("the program is stopping")
        return self._to_delivery_error(
            row, FileUnavailableError(f"it took more than {_TIMEOUT:g} seconds")
        )

    async def _fetch_and_fit(self, row: OutboxRow, delivery: Delivery) -> Delivery:
        content, constraints = delivery.content, self._get_constraints(row.channel_id)
        if content.file is None:
            return delivery
        document = constraints(MessageType.FILE) or ANY_FILE
        self._check_size(row, content.file.get("size"), document)
        message_id = MessageId(content.file.get("upload") or row.message_id or "")
        if not message_id:
            raise FileGoneError("the message that it belongs to is unknown")
        via = self._get_source_channel(row, delivery)
        path = await self._files.path(message_id, content.file, via, most=document.max_bytes)
        prepared = await self._transcoder.prepare(message_id, content, path, constraints)
        if prepared.option is None:
            self._check_size(row, prepared.info.size, document)
            raise self._to_refusal("file_not_taken")
        return replace(delivery, content=prepared.apply_to(content), file=prepared.path)

    def _get_constraints(self, channel_id: ChannelId) -> GetConstraints:
        sender = self._senders.get(channel_id)
        return (
            sender.get_media_constraints
            if isinstance(sender, SupportsMedia)
            else lambda _: ANY_FILE
        )

    def _check_size(self, row: OutboxRow, size: object, document: MediaConstraints) -> None:
        if not isinstance(size, int) or size <= document.max_bytes:
            return
        size_mb, max_mb = f"{size / MEGABYTE:.1f}", document.max_bytes // MEGABYTE
        raise self._to_refusal("file_too_large", size=size_mb, most=max_mb, message=row.message_id)

    def _to_delivery_error(self, row: OutboxRow, error: MediaError) -> DeliveryError:
        match error:
            case FileUnavailableError() if row.attempts + 1 < _MAX_ATTEMPTS:
                return Unavailable(str(error))
            case FileUnavailableError():
                return self._to_refusal("file_unavailable", why=error, message=row.message_id)
            case FileTooLargeError():
                return self._to_refusal("file_out_of_reach", why=error)
        return self._to_refusal("file_gone", why=error)

    def _to_refusal(self, key: str, **values: Any) -> FileRefused:
        return FileRefused(translate(self._language, f"reason.{key}", **values))
