"""Store uploads below MEDIA_DIR, under names that we make, never under names from users."""

import asyncio
import contextlib
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from db.ids import MessageId, new_id
from desk.media.mime_types import HEAD_SIZE

# Files are written in chunks of this size, each in a thread, because a disk may be slow.
_CHUNK_SIZE = 256 * 1024
# Length of an id's prefix: uploads of twelve days are in one folder.
_SHARD_LENGTH = 4


class UploadTooLargeError(Exception):
    """The upload is larger than allowed."""


@dataclass(slots=True)
class ReceivedFile:
    """A file that was received in full and belongs to no message yet."""

    path: Path
    size: int = 0
    head: bytes = b""
    _hash: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

    def add(self, piece: bytes) -> None:
        """Count a piece that was written."""
        if len(self.head) < HEAD_SIZE:
            self.head += piece[: HEAD_SIZE - len(self.head)]
        self.size += len(piece)
        self._hash.update(piece)


class UploadStore:
    """Stores uploads, each under its message's id."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path_of(self, message_id: MessageId) -> Path:
        """Return the path of a message's upload, if it has one."""
        return self.root / "uploads" / message_id[:_SHARD_LENGTH] / message_id

    @asynccontextmanager
    async def receive(
        self, chunks: AsyncIterator[bytes], *, most: int
    ) -> AsyncIterator[ReceivedFile]:
        """Write an incoming file to disk; it is removed after the block unless it was saved within.

        Raises UploadTooLargeError as soon as more than `most` bytes came, and OSError from the
        disk.
        """
        incoming = ReceivedFile(self._folder("incoming") / new_id())
        try:
            file = await asyncio.to_thread(_create, incoming.path)
            with file:
                async for piece in _iter_chunks(chunks, incoming, most):
                    await asyncio.to_thread(_write, file, piece, incoming)
                # Flush to disk first: the message that names the file is committed after this.
                await asyncio.to_thread(_flush_file, file)
            yield incoming
        finally:
            with contextlib.suppress(FileNotFoundError):
                incoming.path.unlink()

    async def save(self, incoming: ReceivedFile, message_id: MessageId) -> None:
        """Store a received file under its message's id; do nothing if it is there already."""
        await asyncio.to_thread(self._save, incoming, message_id)

    def _save(self, incoming: ReceivedFile, message_id: MessageId) -> None:
        place = self.path_of(message_id)
        if place.exists():
            return
        folder = self._folder("uploads", message_id[:_SHARD_LENGTH])
        incoming.path.rename(place)
        _sync_folder(folder)

    async def share(self, message_id: MessageId, other: MessageId) -> bool:
        """Share a message's upload with another message; return False if it does not exist."""
        return await asyncio.to_thread(self._share, message_id, other)

    def _share(self, message_id: MessageId, other: MessageId) -> bool:
        place = self.path_of(other)
        folder = self._folder("uploads", other[:_SHARD_LENGTH])
        try:
            # one file with two names; each name can be removed alone
            os.link(self.path_of(message_id), place)
        except FileExistsError:
            return True
        except FileNotFoundError:
            return False
        _sync_folder(folder)
        return True

    def discard(self, message_id: MessageId) -> None:
        """Remove a message's upload, if it has one."""
        with contextlib.suppress(FileNotFoundError):
            self.path_of(message_id).unlink()

    def _folder(self, *names: str) -> Path:
        folder = self.root.joinpath(*names)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder


async def _iter_chunks(
    chunks: AsyncIterator[bytes], incoming: ReceivedFile, most: int
) -> AsyncIterator[bytes]:
    held = bytearray()
    async for chunk in chunks:
        held += chunk
        if incoming.size + len(held) > most:
            raise UploadTooLargeError
        if len(held) >= _CHUNK_SIZE:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)


def _create(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _write(file: BinaryIO, piece: bytes, incoming: ReceivedFile) -> None:
    file.write(piece)
    incoming.add(piece)


def _flush_file(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make sure that a new name in a folder survives a power failure."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
