"""Brings files across: from the provider where somebody sent them to the one where they are needed.

What stands at the right provider already is copied there by that provider. Everything else comes to
our disk first, and is made to fit what the channel takes. No transaction is open meanwhile.
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
from desk.delivery.ports import Delivery
from desk.errors import DeliveryError, FileRefused, Unavailable
from desk.media.cache import MEGABYTE
from desk.media.converter import Converter
from desk.media.errors import AwayError, GoneError, MediaError, OutOfReachError
from desk.media.message_files import Files
from desk.media.ports import SupportsMedia, Takes
from desk.media.send_options import TakesOf
from desk.media.transcode import ANYTHING, Making
from desk.texts import translate

log = structlog.get_logger(__name__)

# Of those who send, so many may wait for files; the others go on with texts.
_AT_ONCE = 16
# Seconds for one file, from the provider until it fits: a hundred megabytes take a while.
_LONGEST = 300.0
# While a file's provider is away, what comes behind it in its conversation waits too: not for ever.
_MOST_TRIES = 8
_NOTHING_SENT = {
    OutboxKind.EDIT,
    OutboxKind.DELETE,
    OutboxKind.REACTION,
    OutboxKind.SEEN,
    OutboxKind.BUTTON_REPLY,
}


class Crossing:
    """Gives deliveries their files; `language` is the staff's."""

    def __init__(
        self,
        channels: Channels,
        carriers: Mapping[ChannelId, object],
        files: Files,
        converter: Converter,
        language: str,
    ) -> None:
        self._channels = channels
        self._carriers = carriers
        self._files = files
        self._making = Making(files, converter)
        self._language = language
        self._room = _AT_ONCE
        self._limits: set[asyncio.Timeout] = set()
        self._stopping = False

    def stop(self) -> None:
        """Let go of what is being fetched: it will be asked for again, and nothing was sent."""
        self._stopping = True
        now = asyncio.get_running_loop().time()
        for limit in self._limits:
            limit.reschedule(now)

    def is_needed(self, row: OutboxRow, delivery: Delivery) -> bool:
        """Tell whether what is to be delivered does not stand at its provider yet."""
        content = delivery.content
        if content.is_text or delivery.kind in _NOTHING_SENT:
            return False
        return content.is_upload or self._origin(row, delivery) != row.channel_id

    async def bring(self, row: OutboxRow, delivery: Delivery) -> Delivery:
        """Give a delivery with its file on our disk, as a kind that its channel takes.

        Or with what it lacks the file for; raises nothing.
        """
        delivery = replace(delivery, content=replace(delivery.content, source=None))
        try:
            async with self._a_place():
                return await self._brought(row, delivery)
        except DeliveryError as error:
            return replace(delivery, lack=error)
        except TimeoutError:
            return replace(delivery, lack=self._too_late(row))
        except MediaError as error:
            return replace(delivery, lack=self._consequence(row, error))
        except Exception as error:
            log.exception("media.not_brought", errand=row.id)
            reason = AwayError(f"it could not be kept here: {type(error).__name__}")
            return replace(delivery, lack=self._consequence(row, reason))

    def _origin(self, row: OutboxRow, delivery: Delivery) -> ChannelId:
        """Tell which channel knows the file: the customer's own, or the staff's."""
        channel_id = delivery.channel_id
        if channel_id is None or not self._channels.is_known(channel_id):
            return row.channel_id
        to_staff = delivery.side is Side.STAFF
        return channel_id if to_staff else self._channels[channel_id].staff_channel_id

    @asynccontextmanager
    async def _a_place(self) -> AsyncIterator[None]:
        if self._room <= 0:
            raise Unavailable("many files are on their way at once", retry_after=1)
        self._room -= 1
        try:
            async with asyncio.timeout(0 if self._stopping else _LONGEST) as limit:
                self._limits.add(limit)
                try:
                    yield
                finally:
                    self._limits.discard(limit)
        finally:
            self._room += 1

    def _too_late(self, row: OutboxRow) -> DeliveryError:
        if self._stopping:
            return Unavailable("the program is stopping")
        return self._consequence(row, AwayError(f"it took more than {_LONGEST:g} seconds"))

    async def _brought(self, row: OutboxRow, delivery: Delivery) -> Delivery:
        content, takes = delivery.content, self._takes(row.channel_id)
        if content.file is None:
            return delivery
        document = takes(MessageType.FILE) or ANYTHING
        self._check_size(row, content.file.get("size"), document)
        message_id = MessageId(content.file.get("upload") or row.message_id or "")
        if not message_id:
            raise GoneError("nobody knows any more which message it was")
        via = self._origin(row, delivery)
        path = await self._files.path(message_id, content.file, via, most=document.most)
        fitted = await self._making.fitted(message_id, content, path, takes)
        if fitted.way is None:
            self._check_size(row, fitted.facts.size, document)
            raise self._refused("file_not_taken")
        return replace(delivery, content=fitted.describe(content), file=fitted.path)

    def _takes(self, channel_id: ChannelId) -> TakesOf:
        carrier = self._carriers.get(channel_id)
        return carrier.takes if isinstance(carrier, SupportsMedia) else lambda _: ANYTHING

    def _check_size(self, row: OutboxRow, size: object, document: Takes) -> None:
        if not isinstance(size, int) or size <= document.most:
            return
        has, most = f"{size / MEGABYTE:.1f}", document.most // MEGABYTE
        raise self._refused("file_too_large", size=has, most=most, message=row.message_id)

    def _consequence(self, row: OutboxRow, error: MediaError) -> DeliveryError:
        match error:
            case AwayError() if row.attempts + 1 < _MOST_TRIES:
                return Unavailable(str(error))
            case AwayError():
                return self._refused("file_away", why=error, message=row.message_id)
            case OutOfReachError():
                return self._refused("file_out_of_reach", why=error)
        return self._refused("file_gone", why=error)

    def _refused(self, key: str, **values: Any) -> FileRefused:
        return FileRefused(translate(self._language, f"reason.{key}", **values))
