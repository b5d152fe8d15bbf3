"""Choose the message type for sending a file, from the file and the channel's constraints."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from db.tables import MessageType
from desk.media.converter import OutputFormat
from desk.media.ports import MediaConstraints
from desk.media.probe import MediaInfo

GetConstraints = Callable[[MessageType], MediaConstraints | None]


@dataclass(frozen=True, slots=True)
class SendOption:
    """One way to send a file: as this message type, unchanged or converted first."""

    kind: MessageType
    output_format: OutputFormat | None = None


_K = MessageType
_AS_VIDEO = SendOption(_K.VIDEO, OutputFormat.MP4)
_AS_IMAGE = SendOption(_K.IMAGE, OutputFormat.PNG)
# The options for each type, the one that keeps most of the file first; the last one is a document.
_OPTIONS = {
    _K.IMAGE: (SendOption(_K.IMAGE),),
    _K.VIDEO: (SendOption(_K.VIDEO), _AS_VIDEO, SendOption(_K.AUDIO)),
    _K.ANIMATION: (SendOption(_K.ANIMATION), SendOption(_K.VIDEO), _AS_VIDEO),
    _K.VIDEO_NOTE: (
        SendOption(_K.VIDEO_NOTE),
        SendOption(_K.VIDEO_NOTE, OutputFormat.MP4),
        SendOption(_K.VIDEO),
        _AS_VIDEO,
    ),
    _K.VOICE: (SendOption(_K.VOICE), SendOption(_K.VOICE, OutputFormat.OPUS), SendOption(_K.AUDIO)),
    _K.AUDIO: (SendOption(_K.AUDIO), SendOption(_K.VOICE), SendOption(_K.AUDIO, OutputFormat.M4A)),
    _K.STICKER: (
        SendOption(_K.STICKER),
        SendOption(_K.IMAGE),
        SendOption(_K.VIDEO),
        _AS_IMAGE,
        _AS_VIDEO,
    ),
}


def iter_send_options(
    kind: MessageType, info: MediaInfo, get_constraints: GetConstraints
) -> Iterator[SendOption]:
    """Iterate over the options for sending a file, the best first.

    An option with an `output_format` is included if the file might be convertible, which must be
    tried.
    """
    for option in _OPTIONS.get(kind, ()):
        constraints = get_constraints(option.kind)
        if constraints is None:
            continue
        if option.output_format is not None:
            if _can_convert(option.output_format, info):
                yield option
        elif is_accepted(info, constraints):
            yield option
    document = get_constraints(MessageType.FILE)
    if document is None or info.size > document.max_bytes:
        return
    if kind is not MessageType.STICKER or info.mime not in document.unopenable_stickers:
        yield SendOption(MessageType.FILE)


def is_accepted(info: MediaInfo, constraints: MediaConstraints) -> bool:
    """Check whether a channel accepts a file as it is."""
    if constraints.mime_types and not (info.is_sure and info.mime in constraints.mime_types):
        return False
    if constraints.codecs and not (info.codecs and info.codecs <= constraints.codecs):
        return False
    if constraints.square_pixels is not None and (info.width, info.height) != (
        constraints.square_pixels,
        constraints.square_pixels,
    ):
        return False
    if info.is_animated:
        return (
            constraints.max_animated_bytes is not None
            and info.size <= constraints.max_animated_bytes
        )
    return info.size <= constraints.max_bytes


def _can_convert(form: OutputFormat, info: MediaInfo) -> bool:
    """Check whether it makes sense to convert a file to this format."""
    main_type = info.mime.partition("/")[0]
    match form:
        case OutputFormat.PNG:
            return info.is_sure and main_type == "image" and not info.is_animated
        case OutputFormat.MP4:
            return info.is_sure and (main_type == "video" or info.mime == "image/gif")
        case OutputFormat.OPUS | OutputFormat.M4A:
            return info.is_sure and (main_type == "audio" or _may_be_audio(info))
    return False


def _may_be_audio(info: MediaInfo) -> bool:
    """Check for a video container that may hold sound alone: some phones record so."""
    return info.mime in {"video/mp4", "video/3gpp", "video/webm"}
