"""Where the world reaches this installation, by the operator's word alone."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PublicAddress:
    """PUBLIC_URL, or nothing: what a request says of the host is anybody's word."""

    url: str | None = None

    def url_for(self, path: str) -> str | None:
        """Give the whole address of a path."""
        return None if self.url is None else self.url.rstrip("/") + path
