"""The formats that files can be converted to, and the interface of the converter."""

from collections.abc import AsyncGenerator
from enum import Enum
from pathlib import Path
from typing import Protocol


class OutputFormat(Enum):
    """A format that a file can be converted to; the value is its file extension."""

    MP4 = "mp4"  # H.264 and AAC
    OPUS = "ogg"
    M4A = "m4a"
    PNG = "png"
    JPEG = "jpg"  # a small preview


class ConversionError(Exception):
    """A file could not be converted; the text says why and may be logged."""


class Converter(Protocol):
    """Converts files to other formats."""

    def convert(self, source: Path, mime: str, form: OutputFormat) -> AsyncGenerator[bytes, None]:
        """Yield the bytes of the converted file; raise ConversionError, nothing else.

        `mime` is the type of the source, by its first bytes.
        """


class NoConverter:
    """Converts nothing: a file that would need conversion is sent as a document."""

    async def convert(
        self, source: Path, mime: str, form: OutputFormat
    ) -> AsyncGenerator[bytes, None]:
        """Refuse the conversion."""
        raise ConversionError("no program on this machine can convert media files")
        yield b""  # makes this function a generator
