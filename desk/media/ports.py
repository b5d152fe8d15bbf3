"""What media needs from a channel."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from db.tables import MessageType


@runtime_checkable
class SupportsDownload(Protocol):
    """A channel that can download the files that people sent through it."""

    def download(self, file_id: str) -> AsyncGenerator[bytes, None]:
        """Yield the bytes of a file; raise the errors of desk/media/errors.py, nothing else."""


@dataclass(frozen=True, slots=True)
class MediaConstraints:
    """The files that a channel accepts as one message type."""

    # Size limit in bytes.
    max_bytes: int
    # Exact media types; empty: any.
    mime_types: frozenset[str] = frozenset()
    # The allowed codecs of the tracks, such as "h264" and "aac"; empty: any.
    codecs: frozenset[str] = frozenset()
    # Required pixels on each side, if any; and the size limit of an animated picture, in bytes.
    square_pixels: int | None = None
    max_animated_bytes: int | None = None
    # Of documents: media types of stickers that nobody there can open.
    unopenable_stickers: frozenset[str] = frozenset()


@runtime_checkable
class SupportsMedia(Protocol):
    """A channel that says which files it accepts.

    A file that it does not accept as its own type is sent as another type, and in the end as a
    document.
    """

    def get_media_constraints(self, kind: MessageType) -> MediaConstraints | None:
        """Return the constraints for one message type; None if the channel cannot send that type.

        For MessageType.FILE, a document, there is always a result.
        """
