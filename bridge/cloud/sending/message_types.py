"""The Cloud API's names of message types, and the media types of uploads."""

from bridge.convert.media_constraints import VOICE_MIME_TYPE
from db.tables import MessageType

# The name of each type in a message. Types that are not listed have no message type there.
TYPE_NAMES = {
    MessageType.IMAGE: "image",
    MessageType.VIDEO: "video",
    MessageType.ANIMATION: "video",
    MessageType.VIDEO_NOTE: "video",
    MessageType.VOICE: "audio",
    MessageType.AUDIO: "audio",
    MessageType.STICKER: "sticker",
    MessageType.FILE: "document",
}
TYPES_WITH_CAPTION = {"image", "video", "document"}
_OFFICE = "application/vnd.openxmlformats-officedocument."
# The media types that Meta accepts for uploads.
_UPLOAD_MIME_TYPES = frozenset(
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
_MIME_ALIASES = {"image/jpg": "image/jpeg", "audio/mp3": "audio/mpeg", "audio/x-m4a": "audio/mp4"}
# For documents whose own type Meta does not accept: phones use the file's name.
_FALLBACK_MIME_TYPE = "text/plain"


def choose_upload_mime_type(mime: str) -> str:
    """Return the media type for an upload: the file's own, if Meta accepts it."""
    plain = mime.partition(";")[0].strip().lower()
    plain = _MIME_ALIASES.get(plain, plain)
    if plain in {"audio/ogg", "audio/opus"}:
        return VOICE_MIME_TYPE
    return plain if plain in _UPLOAD_MIME_TYPES else _FALLBACK_MIME_TYPE
