"""Define which files a linked device accepts, by message type.

It sends as the app does, so other limits hold than at the Cloud API. What WAHA takes in one request
is less than what WhatsApp takes: a file travels as base64, a third longer than it is.
"""

from dataclasses import replace

from bridge.convert import media_constraints
from db.tables import MessageType
from desk.media.ports import MediaConstraints

_MEGABYTE = 1024 * 1024
_MAX_BYTES = {
    MessageType.IMAGE: 16 * _MEGABYTE,
    MessageType.VIDEO: 64 * _MEGABYTE,
    MessageType.VOICE: 16 * _MEGABYTE,
    MessageType.AUDIO: 64 * _MEGABYTE,
    MessageType.FILE: 100 * _MEGABYTE,
}


def get_media_constraints(kind: MessageType) -> MediaConstraints | None:
    """Return what WhatsApp accepts as this message type; WAHA sends no stickers."""
    if kind is MessageType.VIDEO_NOTE:
        kind = MessageType.VIDEO  # it is the same file, shown as a circle
    accepted = media_constraints.get_media_constraints(kind)
    most = _MAX_BYTES.get(kind)
    return None if accepted is None or most is None else replace(accepted, max_bytes=most)
