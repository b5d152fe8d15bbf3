"""Detect the type of a file from its first bytes; the declared type counts only if they agree.

Our own code, because it is a dozen signatures: libraries that know hundreds of types would make us
trust all of them.
"""

import re

from db.tables import MessageType

# `sniff_type` looks at this many bytes.
HEAD_SIZE = 64
UNKNOWN_TYPE = "application/octet-stream"

_MIME = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,60}")
_SIGNATURES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"ID3", "audio/mpeg"),
    (b"#!AMR\n", "audio/amr"),
    (b"fLaC", "audio/flac"),
)
_AUDIO_BRANDS = {b"M4A ", b"M4B ", b"M4P "}
# Files with MP4 boxes that are of another type.
_OTHER_BRANDS = {
    b"qt  ": "video/quicktime",
    b"avif": "image/avif",
    b"avis": "image/avif",
    **dict.fromkeys((b"heic", b"heix", b"hevc", b"mif1", b"msf1"), "image/heic"),
    **dict.fromkeys((b"3gp4", b"3gp5", b"3gp6", b"3gp7", b"3gg6", b"3g2a"), "video/3gpp"),
}
# The types that a sender may declare, and the types that the bytes may then have.
_TYPES_BY_CLAIM = {
    "image/jpeg": {"image/jpeg"},
    "image/jpg": {"image/jpeg"},
    "image/pjpeg": {"image/jpeg"},
    "image/png": {"image/png"},
    "image/gif": {"image/gif"},
    "image/webp": {"image/webp"},
    "video/mp4": {"video/mp4", "video/3gpp"},
    "video/3gpp": {"video/mp4", "video/3gpp"},
    "video/webm": {"video/webm"},
    "audio/webm": {"video/webm"},
    "audio/mpeg": {"audio/mpeg"},
    "audio/mp3": {"audio/mpeg"},
    "audio/mp4": {"audio/mp4", "video/mp4", "video/3gpp"},
    "audio/x-m4a": {"audio/mp4", "video/mp4", "video/3gpp"},
    "audio/m4a": {"audio/mp4", "video/mp4", "video/3gpp"},
    "audio/ogg": {"audio/ogg"},
    "audio/opus": {"audio/ogg"},
    "application/pdf": {"application/pdf"},
    "application/zip": {"application/zip"},
}
# The message type for each media type; all other types are documents.
_MESSAGE_TYPES = {
    "image/jpeg": MessageType.IMAGE,
    "image/png": MessageType.IMAGE,
    "image/webp": MessageType.IMAGE,
    "image/gif": MessageType.ANIMATION,
    "video/mp4": MessageType.VIDEO,
    "audio/mpeg": MessageType.AUDIO,
    "audio/mp4": MessageType.AUDIO,
    "audio/ogg": MessageType.VOICE,
}
# Types that a browser may display by itself: none of them can contain a script.
_DISPLAYABLE = frozenset(_MESSAGE_TYPES) | {"video/webm"}
# Types that a browser might run if it displayed them after all.
_ACTIVE = re.compile(r"html|xml|svg|script|ecma|wasm|flash|mht|rfc822|multipart")


class TypeMismatchError(Exception):
    """A file is not of the type that its sender declares; the text names both."""


def sniff_type(head: bytes) -> str | None:
    """Return the media type of a file from its first HEAD_SIZE bytes; None if it is unknown."""
    for beginning, mime in _SIGNATURES:
        if head.startswith(beginning):
            return mime
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "audio/wav"
    if head[:4] == b"OggS":
        return "audio/ogg" if b"OpusHead" in head else None
    if head[4:8] == b"ftyp":
        return _by_brand(head[8:12])
    if _is_mp3_frame(head):
        return "audio/mpeg"
    return "audio/aac" if _is_aac_frame(head) else None


def _by_brand(brand: bytes) -> str:
    return "audio/mp4" if brand in _AUDIO_BRANDS else _OTHER_BRANDS.get(brand, "video/mp4")


def _is_mp3_frame(head: bytes) -> bool:
    """Check for an MPEG audio frame header: eleven set bits, layer III, no reserved values."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:  # noqa: PLR2004 the bits
        return False
    version, rate = head[1] & 0x18, head[2] & 0x0C
    return version != 0x08 and rate != 0x0C and head[2] >> 4 != 0xF  # noqa: PLR2004 as above


def _is_aac_frame(head: bytes) -> bool:
    """Check for an ADTS header: twelve set bits, layer zero, an existing sampling rate."""
    if len(head) < 7 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0:  # noqa: PLR2004 the bits
        return False
    return (head[2] >> 2) & 0x0F < 13  # noqa: PLR2004 as above


def resolve_type(head: bytes, claimed: str | None) -> str:
    """Return the media type to store for a file; raise TypeMismatchError.

    `claimed` is the type that its sender declares, in any form.
    """
    claim = (claimed or "").partition(";")[0].strip().lower()
    found = sniff_type(head)
    if claim in _TYPES_BY_CLAIM and found not in _TYPES_BY_CLAIM[claim]:
        raise TypeMismatchError(
            f"its declared type is {claim}, but its content is {found or 'not'}"
        )
    if claim in _TYPES_BY_CLAIM or claim in {"", UNKNOWN_TYPE}:
        return found or UNKNOWN_TYPE
    return claim if _MIME.fullmatch(claim) else UNKNOWN_TYPE


def choose_message_type(mime: str, head: bytes) -> MessageType:
    """Return the message type for sending a file of this type; its bytes must match it, too."""
    return (
        _MESSAGE_TYPES.get(mime, MessageType.FILE) if sniff_type(head) == mime else MessageType.FILE
    )


def choose_display_type(head: bytes, kept: str | None) -> tuple[str, bool]:
    """Return the content type for a browser, and whether the browser may display the file.

    `kept` is the stored type, which anybody may have declared.
    """
    found = sniff_type(head)
    if found in _DISPLAYABLE:
        return found, True
    mime = (kept or "").lower()
    is_plain = _MIME.fullmatch(mime) and not _ACTIVE.search(mime) and mime not in _DISPLAYABLE
    return (mime if is_plain else UNKNOWN_TYPE), False
