"""Find the file of a message: an upload on our disk, or a cached download from the provider."""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncGenerator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from db.ids import ChannelId, MessageId
from desk.media.cache import MEGABYTE, MediaCache
from desk.media.converter import Converter, OutputFormat
from desk.media.errors import FileGoneError, FileTooLargeError, FileUnavailableError
from desk.media.ports import SupportsDownload
from desk.media.upload_store import UploadStore


class MessageFiles:
    """Provides messages' files as files on our own disk."""

    def __init__(
        self, uploads: UploadStore, cache: MediaCache, senders: Mapping[ChannelId, object]
    ) -> None:
        self._uploads = uploads
        self._cache = cache
        self._senders = senders

    async def path(
        self,
        message_id: MessageId,
        file: Mapping[str, Any],
        via: ChannelId,
        *,
        most: int | None = None,
    ) -> Path:
        """Return the path of a message's file; download it through `via` if it is not here.

        The download stops after `most` bytes. Raises MediaError.
        """
        if "upload" in file:
            return await self._get_upload_path(MessageId(file["upload"]))
        sender = self._senders.get(via)
        if not isinstance(sender, SupportsDownload):
            raise FileUnavailableError("its channel is not served at the moment")
        if not isinstance(file.get("id"), str):
            raise FileGoneError("its provider gave no file id")
        fetch = partial(_download, sender, file["id"], most)
        return await self._cache.file(cache_name(message_id, file), fetch)

    async def convert(
        self,
        message_id: MessageId,
        file: Mapping[str, Any],
        source: tuple[Path, str, OutputFormat],
        converter: Converter,
    ) -> Path:
        """Return the path of a message's file after conversion.

        `source` is the path of the original, its type, and the new format.
        Raises ConversionError, and FileTooLargeError for a file that is too large for the cache.
        """
        return await self._cache.file(
            _converted_cache_name(message_id, file, source[2]), partial(converter.convert, *source)
        )

    def forget(self, message_id: MessageId, file: Mapping[str, Any]) -> None:
        """Remove a message's file from our disk; it may be gone already."""
        self._uploads.discard(message_id)
        self._cache.forget(cache_name(message_id, file))
        for form in OutputFormat:
            self._cache.forget(_converted_cache_name(message_id, file, form))

    async def _get_upload_path(self, message_id: MessageId) -> Path:
        path = self._uploads.path_of(message_id)
        if not await asyncio.to_thread(path.is_file):
            raise FileGoneError("it is not in MEDIA_DIR, which all processes share")
        return path


def cache_name(message_id: MessageId, file: Mapping[str, Any]) -> str:
    """Name a message's file in the cache: a file that an edit replaced has another name."""
    which = file.get("sha256") or file.get("unique") or file.get("id") or ""
    return f"{message_id}.{hashlib.sha256(str(which).encode()).hexdigest()[:16]}"


def _converted_cache_name(
    message_id: MessageId, file: Mapping[str, Any], form: OutputFormat
) -> str:
    return cache_name(message_id, {"id": f"{cache_name(message_id, file)} as {form.value}"})


async def _download(
    sender: SupportsDownload, file_id: str, most: int | None
) -> AsyncGenerator[bytes, None]:
    size = 0
    async with contextlib.aclosing(sender.download(file_id)) as pieces:
        async for piece in pieces:
            size += len(piece)
            if most is not None and size > most:
                raise FileTooLargeError(f"it is larger than {most // MEGABYTE} MB")
            yield piece
