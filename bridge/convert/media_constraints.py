"""Which files WhatsApp takes, as what."""

from db.tables import MessageType
from desk.media.ports import MediaConstraints

_KILOBYTE = 1024
_MEGABYTE = 1024 * _KILOBYTE

# To the letter: with another one it is no voice message, or is refused.
VOICE = "audio/ogg; codecs=opus"

_TAKES = {
    MessageType.IMAGE: MediaConstraints(5 * _MEGABYTE, frozenset({"image/jpeg", "image/png"})),
    MessageType.VIDEO: MediaConstraints(
        16 * _MEGABYTE,
        frozenset({"video/mp4", "video/3gpp"}),
        codecs=frozenset({"h264", "aac"}),
    ),
    MessageType.VOICE: MediaConstraints(16 * _MEGABYTE, frozenset({VOICE})),
    MessageType.AUDIO: MediaConstraints(
        16 * _MEGABYTE, frozenset({"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4"})
    ),
    MessageType.STICKER: MediaConstraints(
        100 * _KILOBYTE,
        frozenset({"image/webp"}),
        square_pixels=512,
        max_animated_bytes=500 * _KILOBYTE,
    ),
    MessageType.FILE: MediaConstraints(100 * _MEGABYTE),
}


def takes(kind: MessageType) -> MediaConstraints | None:
    """Say what WhatsApp takes as a message of this kind; None: it has no such messages."""
    return _TAKES.get(kind)
