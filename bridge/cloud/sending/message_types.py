"""What the Cloud API calls each kind of message, and under which types files are uploaded."""

from bridge.convert.media_constraints import VOICE_MIME_TYPE
from db.tables import MessageType

# What each is called in a message; those that are not here have no kind of their own.
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
# What may be uploaded at all.
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
# As what a document is uploaded whose own type Meta does not take: phones go by its name.
_FALLBACK_MIME_TYPE = "text/plain"


def choose_upload_mime_type(mime: str) -> str:
    """Give the media type that a file is uploaded under: its own, where Meta takes it."""
    plain = mime.partition(";")[0].strip().lower()
    plain = _MIME_ALIASES.get(plain, plain)
    if plain in {"audio/ogg", "audio/opus"}:
        return VOICE_MIME_TYPE
    return plain if plain in _UPLOAD_MIME_TYPES else _FALLBACK_MIME_TYPE
