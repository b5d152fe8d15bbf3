"""Identify a message's file by its path at WAHA and by its message."""

from dataclasses import dataclass
from urllib.parse import unquote

from yarl import URL

_FILES_PATH = "/api/files/"
_STORAGE = "s3:"


def find_file_path(url: str) -> str | None:
    """Find the path below WAHA's files path in a file's URL; return None if there is none.

    The server may be reached below a path of its own, which may be missing in the URL.
    """
    _, found, rest = URL(url).path.partition(_FILES_PATH) if _is_url(url) else ("", "", "")
    if not found or not rest or any(each in {"", ".", ".."} for each in unquote(rest).split("/")):
        return None
    return _FILES_PATH + rest


def find_stored_path(url: str | None, *, is_s3: bool = False) -> str | None:
    """Return what to store of a file's URL: its path at WAHA, or `s3:` and a URL elsewhere.

    WAHA may keep files in a storage of its own (S3), and then gives a signed URL.
    """
    if url is None:
        return None
    path = find_file_path(url)
    if path is not None:
        return path
    is_elsewhere = _is_url(url) and URL(url).scheme in {"http", "https"} and "#" not in url
    return f"{_STORAGE}{url}" if is_elsewhere and (is_s3 or _is_signed(url)) else None


def find_storage_url(path: str) -> str | None:
    """Return the URL of a file in a storage elsewhere; None for a file at WAHA."""
    return path.removeprefix(_STORAGE) if path.startswith(_STORAGE) else None


def _is_signed(url: str) -> bool:
    return any(name.lower().endswith("signature") for name in URL(url).query)


def _is_url(url: str) -> bool:
    try:
        URL(url)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class FileId:
    """A file's stored id: `{path}#{chat}/{message id}`; either part may be missing.

    The path may be the URL of a storage elsewhere.

    WAHA keeps files for some minutes only. With the message id it can download the file again.
    """

    path: str
    chat: str = ""
    message_id: str = ""

    def __str__(self) -> str:
        return f"{self.path}#{self.chat}/{self.message_id}" if self.message_id else self.path

    @classmethod
    def parse(cls, stored: str) -> "FileId":
        """Parse a stored id, or the bare URL of a file."""
        path, _, message = stored.partition("#")
        chat, _, message_id = message.partition("/")
        return cls(path, chat, message_id)
