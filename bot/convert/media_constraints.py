"""Which files Telegram takes from bots, as what."""

from db.tables import MessageType
from desk.media.ports import Takes

_MEGABYTE = 1024 * 1024
_FILE = 50 * _MEGABYTE

_TAKES = {
    MessageType.IMAGE: Takes(10 * _MEGABYTE, frozenset({"image/jpeg", "image/png", "image/webp"})),
    MessageType.VIDEO: Takes(_FILE, frozenset({"video/mp4"})),
    MessageType.ANIMATION: Takes(_FILE, frozenset({"image/gif", "video/mp4"})),
    MessageType.VOICE: Takes(_FILE, frozenset({"audio/ogg; codecs=opus"})),
    MessageType.AUDIO: Takes(_FILE, frozenset({"audio/mpeg", "audio/mp4"})),
    MessageType.STICKER: Takes(512 * 1024, frozenset({"image/webp"})),
    MessageType.FILE: Takes(_FILE),
}


def takes(kind: MessageType) -> Takes | None:
    """Say what Telegram takes from bots as a message of this kind; None: it is sent as another."""
    return _TAKES.get(kind)
