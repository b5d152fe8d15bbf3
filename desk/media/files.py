"""Finds the file of a message: an upload on our disk, or fetched from the provider and kept."""

import asyncio
import hashlib
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from db.ids import ChannelId, MessageId
from desk.media.cache import Cache
from desk.media.errors import AwayError, GoneError
from desk.media.ports import SupportsDownload
from desk.media.shelf import Shelf


class Files:
    """Gives messages' files as files of our own disk."""

    def __init__(self, shelf: Shelf, cache: Cache, carriers: Mapping[ChannelId, object]) -> None:
        self._shelf = shelf
        self._cache = cache
        self._carriers = carriers

    async def path(self, message_id: MessageId, file: Mapping[str, Any], via: ChannelId) -> Path:
        """Say where a message's file lies, fetched through `via` if it is not here.

        Raises MediaError.
        """
        if "upload" in file:
            return await self._upload(message_id)
        carrier = self._carriers.get(via)
        if not isinstance(carrier, SupportsDownload):
            raise AwayError("its channel is not served at present")
        return await self._cache.file(
            name_of(message_id, file), partial(carrier.download, file["id"])
        )

    def forget(self, message_id: MessageId, file: Mapping[str, Any]) -> None:
        """Remove what our disk has of a message's file; a second time it is gone already."""
        self._shelf.discard(message_id)
        self._cache.forget(name_of(message_id, file))

    async def _upload(self, message_id: MessageId) -> Path:
        path = self._shelf.upload(message_id)
        if not await asyncio.to_thread(path.is_file):
            raise GoneError("it is not in MEDIA_DIR, which all processes share")
        return path


def name_of(message_id: MessageId, file: Mapping[str, Any]) -> str:
    """Name a message's file: the same one always, and another where an edit replaced it."""
    which = file.get("sha256") or file.get("unique") or file.get("id") or ""
    return f"{message_id}.{hashlib.sha256(str(which).encode()).hexdigest()[:16]}"
