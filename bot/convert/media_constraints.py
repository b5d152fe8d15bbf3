"""Which files Telegram takes from bots, as what."""

from db.tables import MessageType
from desk.media.ports import MediaConstraints

_MEGABYTE = 1024 * 1024
_FILE = 50 * _MEGABYTE

_TAKES = {
    MessageType.IMAGE: MediaConstraints(
        10 * _MEGABYTE, frozenset({"image/jpeg", "image/png", "image/webp"})
    ),
    MessageType.VIDEO: MediaConstraints(_FILE, frozenset({"video/mp4"})),
    MessageType.ANIMATION: MediaConstraints(_FILE, frozenset({"image/gif", "video/mp4"})),
    MessageType.VOICE: MediaConstraints(_FILE, frozenset({"audio/ogg; codecs=opus"})),
    MessageType.AUDIO: MediaConstraints(_FILE, frozenset({"audio/mpeg", "audio/mp4"})),
    MessageType.STICKER: MediaConstraints(512 * 1024, frozenset({"image/webp"})),
    MessageType.FILE: MediaConstraints(_FILE),
}


def takes(kind: MessageType) -> MediaConstraints | None:
    """Say what Telegram takes from bots as a message of this kind; None: it is sent as another."""
    return _TAKES.get(kind)
