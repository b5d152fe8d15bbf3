"""Finds the file of a message: an upload on our disk, or fetched from the provider and kept."""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncGenerator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from db.ids import ChannelId, MessageId
from desk.media.cache import MEGABYTE, Cache
from desk.media.converter import Converter, Form
from desk.media.errors import AwayError, GoneError, OutOfReachError
from desk.media.ports import SupportsDownload
from desk.media.upload_store import Shelf


class Files:
    """Gives messages' files as files of our own disk."""

    def __init__(self, shelf: Shelf, cache: Cache, carriers: Mapping[ChannelId, object]) -> None:
        self._shelf = shelf
        self._cache = cache
        self._carriers = carriers

    async def path(
        self,
        message_id: MessageId,
        file: Mapping[str, Any],
        via: ChannelId,
        *,
        most: int | None = None,
    ) -> Path:
        """Say where a message's file lies, fetched through `via` if it is not here.

        Of one with more than `most` bytes no more is fetched. Raises MediaError.
        """
        if "upload" in file:
            return await self._upload(message_id)
        carrier = self._carriers.get(via)
        if not isinstance(carrier, SupportsDownload):
            raise AwayError("its channel is not served at present")
        if not isinstance(file.get("id"), str):
            raise GoneError("its provider did not say where it is")
        fetch = partial(_fetched, carrier, file["id"], most)
        return await self._cache.file(name_of(message_id, file), fetch)

    async def made(
        self,
        message_id: MessageId,
        file: Mapping[str, Any],
        made: tuple[Path, str, Form],
        converter: Converter,
    ) -> Path:
        """Say where a message's file lies made into another form: from where, of which type, what.

        Raises NotMadeError, and OutOfReachError for what is too large to be kept.
        """
        return await self._cache.file(
            _name_of_made(message_id, file, made[2]), partial(converter.made, *made)
        )

    def forget(self, message_id: MessageId, file: Mapping[str, Any]) -> None:
        """Remove what our disk has of a message's file; a second time it is gone already."""
        self._shelf.discard(message_id)
        self._cache.forget(name_of(message_id, file))
        for form in Form:
            self._cache.forget(_name_of_made(message_id, file, form))

    async def _upload(self, message_id: MessageId) -> Path:
        path = self._shelf.upload(message_id)
        if not await asyncio.to_thread(path.is_file):
            raise GoneError("it is not in MEDIA_DIR, which all processes share")
        return path


def name_of(message_id: MessageId, file: Mapping[str, Any]) -> str:
    """Name a message's file: the same one always, and another where an edit replaced it."""
    which = file.get("sha256") or file.get("unique") or file.get("id") or ""
    return f"{message_id}.{hashlib.sha256(str(which).encode()).hexdigest()[:16]}"


def _name_of_made(message_id: MessageId, file: Mapping[str, Any], form: Form) -> str:
    return name_of(message_id, {"id": f"{name_of(message_id, file)} as {form.value}"})


async def _fetched(
    carrier: SupportsDownload, file_id: str, most: int | None
) -> AsyncGenerator[bytes, None]:
    size = 0
    async with contextlib.aclosing(carrier.download(file_id)) as pieces:
        async for piece in pieces:
            size += len(piece)
            if most is not None and size > most:
                raise OutOfReachError(f"it has more than {most // MEGABYTE} MB")
            yield piece
