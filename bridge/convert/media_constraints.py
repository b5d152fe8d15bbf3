"""Which files WhatsApp takes, as what."""

from db.tables import MessageType
from desk.media.ports import Takes

_KILOBYTE = 1024
_MEGABYTE = 1024 * _KILOBYTE

# To the letter: with another one it is no voice message, or is refused.
VOICE = "audio/ogg; codecs=opus"

_TAKES = {
    MessageType.IMAGE: Takes(5 * _MEGABYTE, frozenset({"image/jpeg", "image/png"})),
    MessageType.VIDEO: Takes(
        16 * _MEGABYTE,
        frozenset({"video/mp4", "video/3gpp"}),
        codecs=frozenset({"h264", "aac"}),
    ),
    MessageType.VOICE: Takes(16 * _MEGABYTE, frozenset({VOICE})),
    MessageType.AUDIO: Takes(
        16 * _MEGABYTE, frozenset({"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4"})
    ),
    MessageType.STICKER: Takes(
        100 * _KILOBYTE,
        frozenset({"image/webp"}),
        side=512,
        most_moving=500 * _KILOBYTE,
    ),
    MessageType.FILE: Takes(100 * _MEGABYTE),
}


def takes(kind: MessageType) -> Takes | None:
    """Say what WhatsApp takes as a message of this kind; None: it has no such messages."""
    return _TAKES.get(kind)
