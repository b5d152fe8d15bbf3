"""Names of files: what people call them is shown, and never a place on our disk."""

import re
import unicodedata

_MAX_LENGTH = 120
_MAX_EXTENSION_LENGTH = 16
# Separators of paths, and what some system takes for more than a letter.
_FORBIDDEN = re.compile(r'[\\/:*?"<>|%`]+')
_SPACES = re.compile(r"\s+")
# How names end by which programs, and some providers, tell what a file is.
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
    """Make a name safe to show and to send; None where nothing of it is left.

    No folder, no control or invisible character, no dot in front; at most 120 characters, of which
    the last are its extension.
    """
    name = unicodedata.normalize("NFC", given or "").replace("\\", "/").rpartition("/")[2]
    name = "".join(each for each in _SPACES.sub(" ", name) if _is_visible(each))
    name = _FORBIDDEN.sub("_", name).strip(" .")
    if len(name) <= _MAX_LENGTH:
        return name or None
    stem, dot, end = name.rpartition(".")
    if not dot or len(end) > _MAX_EXTENSION_LENGTH:
        return name[:_MAX_LENGTH].rstrip(" .")
    return stem[: _MAX_LENGTH - len(end) - 1].rstrip(" .") + dot + end


def _is_visible(character: str) -> bool:
    """Tell letters and spaces from controls, marks of direction, surrogates and the unassigned."""
    return character == " " or unicodedata.category(character)[0] not in {"C", "Z"}


def choose_file_name(given: str | None, mime: str, *, is_converted: bool = False) -> str:
    """Name a file that goes out: as it was called, or by its type where it had no name.

    `made`: it was made into another type, and its old ending would be wrong.
    """
    name, end = clean_name(given) or "file", _EXTENSIONS.get(mime, "")
    if is_converted:
        stem, dot, _ = name.rpartition(".")
        return f"{stem if dot else name}{end}"
    return name if "." in name else f"{name}{end}"
