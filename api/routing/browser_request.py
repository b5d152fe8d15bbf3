"""Requests that carry the refresh token in a cookie: which ones are accepted, and the cookie.

A browser sends cookies by itself, also when another site starts the request. So a request counts
only if it carries a header that no form and no foreign page can send, and if the browser says that
a page of this server sent it.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from aiohttp import web

from api.errors.problems import Forbidden

CONSOLE_HEADER = "X-OsmoDesk-Console"
COOKIE = "osmodesk_refresh"
_COOKIE_PATH = "/api/v1/auth"
_ATTRIBUTES = f"Path={_COOKIE_PATH}; HttpOnly; Secure; SameSite=Strict"
# What a refresh token may look like; anything else is not worth a query.
_TOKEN = re.compile(r"[\x21-\x7e]{1,200}")
# Deletes the cookie in the browser.
EXPIRED_COOKIE = f"{COOKIE}=; Max-Age=0; {_ATTRIBUTES}"


@dataclass(frozen=True, slots=True)
class BrowserRequest:
    """A request that a page of this server sent."""

    # The refresh token of the cookie; None if there is none.
    refresh_token: str | None

    @classmethod
    def from_request(cls, request: web.Request, public_url: str | None) -> "BrowserRequest":
        """Read a request; raises Forbidden when a page of another site may have sent it."""
        if request.headers.getall(CONSOLE_HEADER, []) != ["1"]:
            raise Forbidden(f"send the header `{CONSOLE_HEADER}: 1`")
        if not _is_from_here(request, public_url):
            raise Forbidden("only a page of this server may do this")
        token = request.cookies.get(COOKIE, "")
        return cls(token if _TOKEN.fullmatch(token) else None)


def build_cookie(token: str, expires_at: datetime, now: datetime) -> str:
    """Build the header's value that keeps a refresh token in the browser until it expires.

    Browsers keep it only from https, or from this machine's own address (a demonstration).
    """
    seconds = max(0, int((expires_at - now).total_seconds()))
    return f"{COOKIE}={token}; Max-Age={seconds}; {_ATTRIBUTES}"


def _is_from_here(request: web.Request, public_url: str | None) -> bool:
    """Check what the browser says about the page; browsers without Sec-Fetch-Site send Origin."""
    sites = request.headers.getall("Sec-Fetch-Site", [])
    if sites:
        return sites == ["same-origin"]
    origins = request.headers.getall("Origin", [])
    if len(origins) != 1:
        return False
    origin = origins[0].lower()
    here = {f"{scheme}://{request.host.lower()}" for scheme in ("http", "https")}
    return origin in here or origin == _origin_of(public_url)


def _origin_of(url: str | None) -> str | None:
    """Return the origin of PUBLIC_URL, for a proxy that does not pass on the Host header."""
    if url is None:
        return None
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()
