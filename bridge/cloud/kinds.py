"""What the Cloud API takes as which kind of message, and what it calls it."""

from db.tables import MessageType
from desk.media.ports import Takes

_KB, _MB = 1024, 1024 * 1024
OPUS = "audio/ogg; codecs=opus"
_FILMS = Takes(16 * _MB, frozenset({"video/mp4", "video/3gpp"}), codecs=frozenset({"h264", "aac"}))
TAKES = {
    MessageType.IMAGE: Takes(5 * _MB, frozenset({"image/jpeg", "image/png"})),
    MessageType.VIDEO: _FILMS,
    MessageType.VOICE: Takes(16 * _MB, frozenset({OPUS})),
    MessageType.AUDIO: Takes(
        16 * _MB, frozenset({"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4"})
    ),
    MessageType.STICKER: Takes(
        100 * _KB, frozenset({"image/webp"}), side=512, most_moving=500 * _KB
    ),
    MessageType.FILE: Takes(100 * _MB),
}
# What each is called in a message; those that are not here have no kind of their own.
NAMES = {
    MessageType.IMAGE: "image",
    MessageType.VIDEO: "video",
    MessageType.ANIMATION: "video",
    MessageType.VIDEO_NOTE: "video",
    MessageType.VOICE: "audio",
    MessageType.AUDIO: "audio",
    MessageType.STICKER: "sticker",
    MessageType.FILE: "document",
}
CAPTIONED = {"image", "video", "document"}
_OFFICE = "application/vnd.openxmlformats-officedocument."
# What may be uploaded at all.
_UPLOADED = frozenset(
    {
        "application/msword",
        "application/pdf",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        f"{_OFFICE}presentationml.presentation",
        f"{_OFFICE}spreadsheetml.sheet",
        f"{_OFFICE}wordprocessingml.document",
        "audio/aac",
        "audio/amr",
        "audio/mp4",
        "audio/mpeg",
        "audio/ogg",
        "image/jpeg",
        "image/png",
        "image/webp",
        "text/plain",
        "video/3gpp",
        "video/mp4",
    }
)
_SPELT = {"image/jpg": "image/jpeg", "audio/mp3": "audio/mpeg", "audio/x-m4a": "audio/mp4"}
# As what a document is uploaded whose own type Meta does not take: phones go by its name.
_ANY_DOCUMENT = "text/plain"


def uploaded_as(mime: str) -> str:
    """Give the media type that a file is uploaded under: its own, where Meta takes it."""
    plain = mime.partition(";")[0].strip().lower()
    plain = _SPELT.get(plain, plain)
    if plain in {"audio/ogg", "audio/opus"}:
        return OPUS
    return plain if plain in _UPLOADED else _ANY_DOCUMENT
