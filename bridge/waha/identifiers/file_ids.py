"""How a message's file is named: by where it lies at WAHA, and by the message that it is of."""

from dataclasses import dataclass
from urllib.parse import unquote

from yarl import URL

_FILES_PATH = "/api/files/"


def find_file_path(url: str) -> str | None:
    """Find in the address of a file the path below which WAHA keeps files; None: it has none.

    The server may be reached below a path of its own, which the address names or not.
    """
    _, there, rest = URL(url).path.partition(_FILES_PATH) if _is_url(url) else ("", "", "")
    if not there or not rest or any(each in {"", ".", ".."} for each in unquote(rest).split("/")):
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
    """What is kept of a file: `{path}#{chat}/{message's id}`; either part may be missing.

    WAHA keeps files for some minutes only; by the message it fetches one anew.
    """

    path: str
    chat: str = ""
    message_id: str = ""

    def __str__(self) -> str:
        return f"{self.path}#{self.chat}/{self.message_id}" if self.message_id else self.path

    @classmethod
    def read(cls, kept: str) -> "FileId":
        """Read what was kept, or the bare address of a file."""
        path, _, message = kept.partition("#")
        chat, _, message_id = message.partition("/")
        return cls(path, chat, message_id)
