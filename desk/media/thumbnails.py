"""Small previews of pictures and videos, made when they are first asked for, and cached."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from db.ids import ChannelId, MessageId
from db.tables import MessageType
from desk.media.converter import ConversionError, Converter, NoConverter, OutputFormat
from desk.media.errors import FileUnavailableError
from desk.media.message_files import MessageFiles
from desk.media.probe import probe_file

# Requests that may wait for a preview at the same time: a page asks for all that it shows.
_MAX_WAITING = 40
_TYPES = frozenset(
    {
        MessageType.IMAGE,
        MessageType.VIDEO,
        MessageType.VIDEO_NOTE,
        MessageType.ANIMATION,
        MessageType.STICKER,
    }
)
_SOURCES = ("image/", "video/")


class Thumbnails:
    """Makes previews of messages' files."""

    def __init__(self, files: MessageFiles, converter: Converter) -> None:
        self._files = files
        self._converter = converter
        self._waiting = 0

    def can_have(self, message_type: MessageType) -> bool:
        """Check whether a message of this type may have a preview on this machine."""
        return message_type in _TYPES and not isinstance(self._converter, NoConverter)

    async def path(self, message_id: MessageId, file: Mapping[str, Any], via: ChannelId) -> Path:
        """Return the path of a preview (JPEG, at most 480 pixels wide and high).

        Raises ConversionError if the file has none, and MediaError if the file cannot be had.
        """
        if self._waiting >= _MAX_WAITING:
            raise FileUnavailableError("too many previews are being made at once")
        self._waiting += 1
        try:
            original = await self._files.path(message_id, file, via)
            info = await probe_file(original, file)
            if not info.is_sure or not info.mime.startswith(_SOURCES):
                raise ConversionError("this file is neither a picture nor a video")
            source = (original, info.mime, OutputFormat.JPEG)
            return await self._files.convert(message_id, file, source, self._converter)
        finally:
            self._waiting -= 1
