"""Follow URLs in request bodies only to servers that the operator configured.

Names are compared and never resolved, so it does not matter where a name leads: a URL must have the
scheme, host and port of a configured server.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

_PORTS = {"http": 80, "https": 443}
_MAX_LENGTH = 4000
# ASCII letters, digits and marks; nothing that parsers read differently as a path or a host.
_PLAIN = re.compile(r"[!-\[\]-~]+", re.ASCII)
_NAME = re.compile(r"[a-z0-9._-]+|\[[0-9a-f:.]+\]", re.ASCII)


class UrlNotAllowedError(ValueError):
    """A URL that leads to another server, or to none; the text does not repeat the URL."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A server: scheme, host, port."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"


def parse_origin(url: str) -> Origin:
    """Return the server that a URL leads to; raise UrlNotAllowedError for other text."""
    if len(url) > _MAX_LENGTH or not _PLAIN.fullmatch(url):
        raise UrlNotAllowedError("it has characters that a URL cannot have, or is too long")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise UrlNotAllowedError("it is not a URL") from None
    if parts.scheme not in _PORTS:
        raise UrlNotAllowedError("it is neither http nor https")
    if "@" in parts.netloc:
        raise UrlNotAllowedError("it contains a user name")
    return Origin(parts.scheme, _host(parts), _PORTS[parts.scheme] if port is None else port)


def _host(parts: SplitResult) -> str:
    host = parts.netloc.lower()
    host = re.sub(r":[0-9]*$", "", host) if not host.endswith("]") else host
    if not _NAME.fullmatch(host) or not host.strip("."):
        raise UrlNotAllowedError("it names no server")
    return host.rstrip(".")


def require_allowed_origin(url: str, allowed: Collection[Origin]) -> str:
    """Return a URL that leads to an allowed server; raise UrlNotAllowedError for any other."""
    if parse_origin(url) not in allowed:
        raise UrlNotAllowedError("it leads to a server that is not configured")
    return url
