"""What files can be made into, and what does it."""

from collections.abc import AsyncGenerator
from enum import Enum
from pathlib import Path
from typing import Protocol


class OutputFormat(Enum):
    """What a file can be made into, by the end of its name."""

    MP4 = "mp4"  # H.264 and AAC
    OPUS = "ogg"
    M4A = "m4a"
    PNG = "png"


class ConversionError(Exception):
    """A file was not made into another form; the text says why, and is fit for a log."""


class Converter(Protocol):
    """Makes files into other forms."""

    def convert(self, source: Path, mime: str, form: OutputFormat) -> AsyncGenerator[bytes, None]:
        """Give the bytes of what a file becomes, in pieces; raises ConversionError, nothing else.

        `mime` is what the source is by its first bytes.
        """


class NoConverter:
    """Makes nothing: what would have to be made into something else goes as a document."""

    async def convert(
        self, source: Path, mime: str, form: OutputFormat
    ) -> AsyncGenerator[bytes, None]:
        """Refuse."""
        raise ConversionError("no program on this machine can convert media files")
        yield b""  # what makes this a generator
