"""Define which files WhatsApp accepts, by message type."""

from db.tables import MessageType
from desk.media.ports import MediaConstraints

_KILOBYTE = 1024
_MEGABYTE = 1024 * _KILOBYTE

# Exactly this. With another type it is not a voice message, or is refused.
VOICE_MIME_TYPE = "audio/ogg; codecs=opus"

_CONSTRAINTS = {
    MessageType.IMAGE: MediaConstraints(5 * _MEGABYTE, frozenset({"image/jpeg", "image/png"})),
    MessageType.VIDEO: MediaConstraints(
        16 * _MEGABYTE,
        frozenset({"video/mp4", "video/3gpp"}),
        codecs=frozenset({"h264", "aac"}),
    ),
    MessageType.VOICE: MediaConstraints(16 * _MEGABYTE, frozenset({VOICE_MIME_TYPE})),
    MessageType.AUDIO: MediaConstraints(
        16 * _MEGABYTE, frozenset({"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4"})
    ),
    MessageType.STICKER: MediaConstraints(
        100 * _KILOBYTE,
        frozenset({"image/webp"}),
        square_pixels=512,
        max_animated_bytes=500 * _KILOBYTE,
    ),
    # Telegram's moving stickers, where they cannot be converted: the agent is told.
    MessageType.FILE: MediaConstraints(
        100 * _MEGABYTE, unopenable_stickers=frozenset({"application/x-tgsticker", "video/webm"})
    ),
}


def get_media_constraints(kind: MessageType) -> MediaConstraints | None:
    """Return what WhatsApp accepts as this message type, or None if it has no such messages."""
    return _CONSTRAINTS.get(kind)
