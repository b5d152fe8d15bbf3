"""Where the world reaches this installation, by the operator's word alone."""

from dataclasses import dataclass

from db.ids import MessageId


@dataclass(frozen=True, slots=True)
class PublicAddress:
    """PUBLIC_URL, or nothing: what a request says of the host is anybody's word."""

    url: str | None = None

    def url_for(self, path: str) -> str | None:
        """Give the whole address of a path."""
        return None if self.url is None else self.url.rstrip("/") + path


def message_file_path(message_id: MessageId) -> str:
    """Return the path of our own route that gives a message's file to who may see the message."""
    return f"/api/v1/messages/{message_id}/file"
