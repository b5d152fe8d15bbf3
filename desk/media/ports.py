"""What media needs of a channel."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from db.tables import MessageType


@runtime_checkable
class SupportsDownload(Protocol):
    """A channel that hands out the files which people sent through it."""

    def download(self, file_id: str) -> AsyncGenerator[bytes, None]:
        """Give a file's bytes, in pieces; raises what desk/media/errors.py draws, nothing else."""


@dataclass(frozen=True, slots=True)
class MediaConstraints:
    """What a channel takes as one kind of message."""

    # Bytes.
    max_bytes: int
    # Media types, to the letter; none: any.
    mime_types: frozenset[str] = frozenset()
    # What the tracks of a film may hold, of "h264", "aac" and the like; none: anything.
    codecs: frozenset[str] = frozenset()
    # Pixels on each side, where it must be so many; and bytes of a picture that moves.
    square_pixels: int | None = None
    max_animated_bytes: int | None = None


@runtime_checkable
class SupportsMedia(Protocol):
    """A channel that says which files it takes.

    What it does not take as the kind that it is goes as another kind, and in the end as a document.
    """

    def get_media_constraints(self, kind: MessageType) -> MediaConstraints | None:
        """Say what may be sent as a message of this kind; None: no such message can be sent.

        For MessageType.FILE, a document, there is always an answer.
        """
