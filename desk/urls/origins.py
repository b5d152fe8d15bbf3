"""Links that come in bodies are followed only to servers that we were set up for.

Names are compared and never looked up, so what a name leads to is no matter: a link goes to a
server that the operator named, on that very scheme and port, or nowhere.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

_PORTS = {"http": 80, "https": 443}
_LONGEST = 4000
# Letters, digits, marks of ASCII; nothing that one reader takes for a path and another for a host.
_PLAIN = re.compile(r"[!-\[\]-~]+", re.ASCII)
_NAME = re.compile(r"[a-z0-9._-]+|\[[0-9a-f:.]+\]", re.ASCII)


class UrlNotAllowedError(ValueError):
    """A link that leads elsewhere, or nowhere; the text does not repeat it."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A server: how it is spoken to, its name, its port."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"


def parse_origin(url: str) -> Origin:
    """Tell which server a link leads to; raises StrayLinkError for what is not plainly a link."""
    if len(url) > _LONGEST or not _PLAIN.fullmatch(url):
        raise UrlNotAllowedError("it is no plain link")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise UrlNotAllowedError("it is no link") from None
    if parts.scheme not in _PORTS:
        raise UrlNotAllowedError("it is neither http nor https")
    if "@" in parts.netloc:
        raise UrlNotAllowedError("it holds a user")
    return Origin(parts.scheme, _host(parts), _PORTS[parts.scheme] if port is None else port)


def _host(parts: SplitResult) -> str:
    host = parts.netloc.lower()
    host = re.sub(r":[0-9]*$", "", host) if not host.endswith("]") else host
    if not _NAME.fullmatch(host) or not host.strip("."):
        raise UrlNotAllowedError("it names no server")
    return host.rstrip(".")


def require_allowed_origin(url: str, allowed: Collection[Origin]) -> str:
    """Give a link back that leads to an allowed server; raises StrayLinkError for any other."""
    if parse_origin(url) not in allowed:
        raise UrlNotAllowedError("it leads to a server that is not ours to ask")
    return url
