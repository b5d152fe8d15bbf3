"""Signed links to routes that send a file: `Route.has_links`.

Telegram downloads for a Mini App, and has no access token. Such a link is the route's own address
with a `key`, which is signed for this address and for the log-in that asked.
"""

from urllib.parse import urlencode

from aiohttp import web

from api.errors.problems import Unauthorized
from db.tables.base import now_utc
from desk.accounts.access_tokens import Claims
from desk.accounts.file_links import BadLinkError, FileLinks

LINK_KEY = "key"
# Where Telegram's clients download files for a Mini App.
TELEGRAM_ORIGIN = "https://web.telegram.org"
_WHAT = "route"


def sign_link(links: FileLinks, path: str, query: list[tuple[str, str]], claims: Claims) -> str:
    """Return the link to a route at this path, with this query."""
    key, _ = links.sign(_to_subject(path, query), _WHAT, claims, now_utc())
    return f"{path}?{urlencode([*query, (LINK_KEY, key)])}"


def read_link(links: FileLinks, request: web.Request) -> Claims:
    """Return the log-in that a link was signed for; raises Unauthorized."""
    query = [(name, value) for name, value in request.query.items() if name != LINK_KEY]
    try:
        return links.verify(
            request.query[LINK_KEY], _to_subject(request.path, query), _WHAT, now_utc()
        )
    except BadLinkError:
        raise Unauthorized("this link is not valid, or no longer: ask for a new one") from None


def _to_subject(path: str, query: list[tuple[str, str]]) -> str:
    return f"{path}?{urlencode(query)}"
