"""Read the pictures of a burst, for a model that sees them."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import structlog

from db.ids import ChannelId, MessageId
from desk.ai.model.ports import PromptImage
from desk.ai.turns.thought import Material, SaidMessage
from desk.errors import DeliveryError
from desk.media.errors import MediaError
from desk.media.mime_types import HEAD_SIZE, sniff_type

log = structlog.get_logger(__name__)

MOST, MAX_BYTES = 3, 4 * 1024 * 1024
# The answer does not wait longer for a provider; without a picture the model is told its name.
_SECONDS = 6.0
_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})


class FindsFiles(Protocol):
    """Provides the file of a message on our own disk."""

    async def path(
        self,
        message_id: MessageId,
        file: Mapping[str, Any],
        via: ChannelId,
        *,
        most: int | None = None,
    ) -> Path:
        """Return the path, after a download through `via` if need be; raise MediaError."""


class CustomerPictures:
    """Reads pictures that customers sent."""

    def __init__(self, files: FindsFiles) -> None:
        self._files = files

    async def read(self, material: Material) -> dict[MessageId, PromptImage]:
        """Return the newest pictures of a burst that are small enough; raises nothing."""
        if material.channel_id is None or not material.config.reads_pictures:
            return {}
        sent = [each for each in material.burst if each.kind == "IMAGE" and each.file][-MOST:]
        read = [self._read_one(each, material.channel_id) for each in sent]
        found = zip(sent, await asyncio.gather(*read), strict=True)
        return {each.id: image for each, image in found if image is not None}

    async def _read_one(self, said: SaidMessage, via: ChannelId) -> PromptImage | None:
        file = said.file or {}
        size = file.get("size")
        if isinstance(size, int) and size > MAX_BYTES:
            return None
        try:
            async with asyncio.timeout(_SECONDS):
                path = await self._files.path(said.id, file, via, most=MAX_BYTES)
                data = await asyncio.to_thread(path.read_bytes)
        except (MediaError, DeliveryError, TimeoutError, OSError) as error:
            log.info("ai.picture_not_read", error=type(error).__name__)
            return None
        kind = sniff_type(data[:HEAD_SIZE])
        return PromptImage(data, kind) if kind in _TYPES and len(data) <= MAX_BYTES else None
