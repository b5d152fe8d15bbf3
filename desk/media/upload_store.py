"""Where uploads lie below MEDIA_DIR: under names that we make, and never under anybody else's."""

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
from desk.media.mime_types import HEAD

# Written in pieces of this size, each in a thread: a disk may take its time.
_PIECE = 256 * 1024
# Of an id: what was uploaded within twelve days lies in one folder.
_SHARD = 4


class TooLargeError(Exception):
    """More came than was allowed."""


@dataclass(slots=True)
class Incoming:
    """A file that was received in full and is nobody's yet."""

    path: Path
    size: int = 0
    head: bytes = b""
    _hash: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

    def note(self, piece: bytes) -> None:
        """Take a piece that was written into account."""
        if len(self.head) < HEAD:
            self.head += piece[: HEAD - len(self.head)]
        self.size += len(piece)
        self._hash.update(piece)


class Shelf:
    """Keeps uploads, each under its message's id."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def upload(self, message_id: MessageId) -> Path:
        """Say where a message's upload lies, if it has one."""
        return self.root / "uploads" / message_id[:_SHARD] / message_id

    @asynccontextmanager
    async def receive(self, chunks: AsyncIterator[bytes], *, most: int) -> AsyncIterator[Incoming]:
        """Write what comes to the disk; what is not kept within the block is gone after it.

        Raises TooLargeError as soon as more than `most` bytes came, and OSError of the disk's.
        """
        incoming = Incoming(self._folder("incoming") / new_id())
        try:
            file = await asyncio.to_thread(_create, incoming.path)
            with file:
                async for piece in _pieces(chunks, incoming, most):
                    await asyncio.to_thread(_write, file, piece, incoming)
                # Kept means kept: the message that names it is committed after this.
                await asyncio.to_thread(_finish, file)
            yield incoming
        finally:
            with contextlib.suppress(FileNotFoundError):
                incoming.path.unlink()

    async def keep(self, incoming: Incoming, message_id: MessageId) -> None:
        """Put what was received under its message's id; a second time it is there already."""
        await asyncio.to_thread(self._keep, incoming, message_id)

    def _keep(self, incoming: Incoming, message_id: MessageId) -> None:
        place = self.upload(message_id)
        if place.exists():
            return
        folder = self._folder("uploads", message_id[:_SHARD])
        incoming.path.rename(place)
        _settle(folder)

    async def share(self, message_id: MessageId, other: MessageId) -> bool:
        """Have a message's upload under another message's id as well; False: it is not there."""
        return await asyncio.to_thread(self._share, message_id, other)

    def _share(self, message_id: MessageId, other: MessageId) -> bool:
        place = self.upload(other)
        folder = self._folder("uploads", other[:_SHARD])
        try:
            os.link(self.upload(message_id), place)  # one file, and each name goes by itself
        except FileExistsError:
            return True
        except FileNotFoundError:
            return False
        _settle(folder)
        return True

    def discard(self, message_id: MessageId) -> None:
        """Remove a message's upload, if it has one."""
        with contextlib.suppress(FileNotFoundError):
            self.upload(message_id).unlink()

    def _folder(self, *names: str) -> Path:
        folder = self.root.joinpath(*names)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder


async def _pieces(
    chunks: AsyncIterator[bytes], incoming: Incoming, most: int
) -> AsyncIterator[bytes]:
    held = bytearray()
    async for chunk in chunks:
        held += chunk
        if incoming.size + len(held) > most:
            raise TooLargeError
        if len(held) >= _PIECE:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)


def _create(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _write(file: BinaryIO, piece: bytes, incoming: Incoming) -> None:
    file.write(piece)
    incoming.note(piece)


def _finish(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    """See that a new name in a folder outlives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
