"""Send files that were uploaded once for auto-reply rules and AI agents."""

from typing import Any

from db.tables import MessageType, ReplyFile
from desk.content import Content


def describe_file(file: ReplyFile) -> dict[str, Any]:
    """Return a file as messages store it; its bytes are stored under its own id."""
    known = {
        "upload": file.id,
        "size": file.size,
        "name": file.name,
        "mime": file.mime,
        "sha256": file.sha256,
    }
    return {name: value for name, value in known.items() if value is not None}


def build_file_content(file: ReplyFile, caption: str | None) -> Content:
    """Build a message with a file and the text below it."""
    return Content(MessageType(file.message_type), caption or None, file=describe_file(file))
