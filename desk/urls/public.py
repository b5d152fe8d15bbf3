"""The public address of this installation, as the operator set it."""

from dataclasses import dataclass

from db.ids import MessageId


@dataclass(frozen=True, slots=True)
class PublicAddress:
    """PUBLIC_URL or nothing; the host in a request is not trusted."""

    url: str | None = None

    def url_for(self, path: str) -> str | None:
        """Return the full URL of a path, or None without PUBLIC_URL."""
        return None if self.url is None else self.url.rstrip("/") + path


def message_file_path(message_id: MessageId) -> str:
    """Return the path of our own route that gives a message's file to who may see the message."""
    return f"/api/v1/messages/{message_id}/file"
