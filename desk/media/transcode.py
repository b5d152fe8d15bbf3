"""Transcode a file to the first format that the channel accepts."""

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from db.ids import MessageId
from desk.content import Content
from desk.media.converter import ConversionError, Converter
from desk.media.errors import FileGoneError, FileTooLargeError
from desk.media.file_names import choose_file_name
from desk.media.message_files import MessageFiles
from desk.media.ports import MediaConstraints
from desk.media.probe import MediaInfo, probe_file
from desk.media.send_options import GetConstraints, SendOption, is_accepted, iter_send_options

log = structlog.get_logger(__name__)

# Conversions at the same time; waiting for one does not block downloads.
_MAX_CONVERSIONS = 2
ANY_FILE = MediaConstraints(1 << 62)


@dataclass(frozen=True, slots=True)
class PreparedFile:
    """A file as it will be sent, and its send option; None: the channel does not accept it."""

    path: Path
    info: MediaInfo
    option: SendOption | None = None

    def apply_to(self, content: Content) -> Content:
        """Return the content with the message type and the description of the prepared file."""
        assert self.option is not None  # noqa: S101 asked before
        kept = content.file or {}
        name = choose_file_name(
            kept.get("name"), self.info.mime, is_converted=self.option.output_format is not None
        )
        file = {**kept, "mime": self.info.mime, "size": self.info.size, "name": name}
        return replace(content, type=self.option.kind, file=file)


class Transcoder:
    """Makes files fit a channel, a few at a time."""

    def __init__(self, files: MessageFiles, converter: Converter) -> None:
        self._files = files
        self._converter = converter
        self._turns = asyncio.Semaphore(_MAX_CONVERSIONS)

    async def prepare(
        self, message_id: MessageId, content: Content, path: Path, get_constraints: GetConstraints
    ) -> PreparedFile:
        """Choose how to send a file, converted if needed; raise FileGoneError if it is empty."""
        info = await probe_file(path, content.file or {})
        if info.size == 0:
            raise FileGoneError("it is empty")
        for option in iter_send_options(content.type, info, get_constraints):
            if option.output_format is None:
                return PreparedFile(path, info, option)
            converted = await self._convert(message_id, content, PreparedFile(path, info, option))
            if converted is not None and is_accepted(
                converted.info, get_constraints(option.kind) or ANY_FILE
            ):
                return converted
        return PreparedFile(path, info)

    async def _convert(
        self, message_id: MessageId, content: Content, original: PreparedFile
    ) -> PreparedFile | None:
        assert original.option is not None  # noqa: S101 chosen just now
        assert original.option.output_format is not None  # noqa: S101 as above
        source = original.path, original.info.mime, original.option.output_format
        try:
            async with self._turns:
                file = content.file or {}
                path = await self._files.convert(message_id, file, source, self._converter)
        except (ConversionError, FileTooLargeError) as error:
            form = original.option.output_format.value
            log.info(
                "media.conversion_failed", message=message_id, output_format=form, reason=str(error)
            )
            return None
        return PreparedFile(path, await probe_file(path, {}), original.option)
