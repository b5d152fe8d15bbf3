"""File names: make them safe to show and to send; they are never used as paths on our disk."""

import re
import unicodedata

_MAX_LENGTH = 120
_MAX_EXTENSION_LENGTH = 16
# Path separators, and characters that have a special meaning on some system.
_FORBIDDEN = re.compile(r'[\\/:*?"<>|%`]+')
_SPACES = re.compile(r"\s+")
# Programs, and some providers, tell the type of a file by its extension.
_EXTENSIONS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/gif": ".gif",
    "video/mp4": ".mp4",
    "video/3gpp": ".3gp",
    "video/webm": ".webm",
    "video/quicktime": ".mov",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "audio/aac": ".aac",
    "audio/amr": ".amr",
    "audio/ogg; codecs=opus": ".ogg",
    "application/pdf": ".pdf",
    "application/x-tgsticker": ".tgs",
}


def clean_name(given: str | None) -> str | None:
    """Return a name that is safe to show and to send; None if nothing of it remains.

    No folder, no control or invisible character, no leading dot; at most 120 characters, with the
    extension kept.
    """
    name = unicodedata.normalize("NFC", given or "").replace("\\", "/").rpartition("/")[2]
    name = "".join(each for each in _SPACES.sub(" ", name) if _is_visible(each))
    # What stood between two spaces may be gone now.
    name = _FORBIDDEN.sub("_", _SPACES.sub(" ", name)).strip(" .")
    if len(name) <= _MAX_LENGTH:
        return name or None
    stem, dot, end = name.rpartition(".")
    if not dot or len(end) > _MAX_EXTENSION_LENGTH:
        return name[:_MAX_LENGTH].rstrip(" .")
    return stem[: _MAX_LENGTH - len(end) - 1].rstrip(" .") + dot + end


def _is_visible(character: str) -> bool:
    """Check for letters and spaces: not control, direction, surrogate or unassigned characters."""
    return character == " " or unicodedata.category(character)[0] not in {"C", "Z"}


def choose_file_name(given: str | None, mime: str, *, is_converted: bool = False) -> str:
    """Return the name for an outgoing file: its own name, or one by its type if it has none.

    `is_converted`: the file was converted, so its old extension would be wrong.
    """
    name, end = clean_name(given) or "file", _EXTENSIONS.get(mime, "")
    if is_converted:
        stem, dot, _ = name.rpartition(".")
        return f"{stem if dot else name}{end}"
    return name if "." in name else f"{name}{end}"
