"""Short-lived links to reports and to a client's data, for a page inside Telegram."""

from typing import Annotated
from urllib.parse import parse_qsl

from pydantic import Field

from api.access.caller import Caller
from api.access.signed_links import sign_link
from api.routing.route import PREFIX
from api.schemas.base import RequestBody, ResponseModel
from desk.accounts.access_tokens import Claims
from desk.accounts.file_links import FileLinks

# The routes that have links. What else the path says is checked when the link is opened.
_PATH = r"^/(reports/(csv|picture)\?[!-~]{1,1000}|clients/[0-9A-Z]{26}/export)$"


class DownloadLinkRequest(RequestBody):
    """What is to be downloaded."""

    path: Annotated[str, Field(pattern=_PATH)] = Field(
        description="`/reports/csv?…`, `/reports/picture?…` or `/clients/{client_id}/export`"
    )


class DownloadLink(ResponseModel):
    """A link that needs no access token."""

    url: str


async def create_link(caller: Caller, body: DownloadLinkRequest, links: FileLinks) -> DownloadLink:
    """Create a link to a report or to a client's data, for a page inside Telegram.

    A link is valid for 15 to 30 minutes, and only as long as this log-in.
    """
    path, _, query = body.path.partition("?")
    claims = Claims(caller.user_id, caller.log_in, caller.version)
    pairs = parse_qsl(query, keep_blank_values=True)
    return DownloadLink(url=sign_link(links, PREFIX + path, pairs, claims))
