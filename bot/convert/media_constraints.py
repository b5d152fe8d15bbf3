"""Define which files Telegram accepts from bots, by message type."""

from db.tables import MessageType
from desk.media.ports import MediaConstraints

_MEGABYTE = 1024 * 1024
_MAX_FILE_SIZE = 50 * _MEGABYTE

_CONSTRAINTS = {
    MessageType.IMAGE: MediaConstraints(
        10 * _MEGABYTE, frozenset({"image/jpeg", "image/png", "image/webp"})
    ),
    MessageType.VIDEO: MediaConstraints(_MAX_FILE_SIZE, frozenset({"video/mp4"})),
    # Telegram turns one that is not square into a plain video.
    MessageType.VIDEO_NOTE: MediaConstraints(12 * _MEGABYTE, frozenset({"video/mp4"})),
    MessageType.ANIMATION: MediaConstraints(_MAX_FILE_SIZE, frozenset({"image/gif", "video/mp4"})),
    MessageType.VOICE: MediaConstraints(_MAX_FILE_SIZE, frozenset({"audio/ogg; codecs=opus"})),
    MessageType.AUDIO: MediaConstraints(_MAX_FILE_SIZE, frozenset({"audio/mpeg", "audio/mp4"})),
    MessageType.STICKER: MediaConstraints(512 * 1024, frozenset({"image/webp"})),
    MessageType.FILE: MediaConstraints(_MAX_FILE_SIZE),
}


def get_media_constraints(kind: MessageType) -> MediaConstraints | None:
    """Return what Telegram accepts as this message type, or None if it is sent as another."""
    return _CONSTRAINTS.get(kind)
