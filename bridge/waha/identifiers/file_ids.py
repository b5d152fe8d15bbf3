"""Identify a message's file by its path at WAHA and by its message."""

from dataclasses import dataclass
from urllib.parse import unquote

from yarl import URL

_FILES_PATH = "/api/files/"


def find_file_path(url: str) -> str | None:
    """Find the path below WAHA's files path in a file's URL; return None if there is none.

    The server may be reached below a path of its own, which may be missing in the URL.
    """
    _, found, rest = URL(url).path.partition(_FILES_PATH) if _is_url(url) else ("", "", "")
    if not found or not rest or any(each in {"", ".", ".."} for each in unquote(rest).split("/")):
        return None
    return _FILES_PATH + rest


def _is_url(url: str) -> bool:
    try:
        URL(url)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class FileId:
    """A file's stored id: `{path}#{chat}/{message id}`; either part may be missing.

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
