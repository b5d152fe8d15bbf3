"""A thin client of the Graph API: the dozen calls that a number needs.

The token goes to the configured host and to Meta's hosts of files, and nowhere else.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
from pydantic import BaseModel, ValidationError
from yarl import URL

from bridge.cloud.client.errors import (
    GraphRefusedError,
    GraphUnreachableError,
    InvalidResponseError,
    NoResponseError,
)
from bridge.cloud.client.responses import (
    MediaUrl,
    ObjectId,
    PhoneNumber,
    SendResponse,
    Subscriptions,
    SuccessResponse,
    TemplatePage,
    TokenInfo,
    TokenResponse,
)
from bridge.file_download import download_file
from desk.urls.origins import Origin, UrlNotAllowedError, parse_origin

VERSION = "v23.0"
# Where Meta keeps files: this server, and all below the other name.
_FILE_HOST, _FILE_HOST_SUFFIX = "https://lookaside.fbsbx.com", ".fbcdn.net"
_CALL_TIMEOUT = aiohttp.ClientTimeout(total=30, connect=10)
# A hundred megabytes over a line of six megabits a second.
_UPLOAD_TIMEOUT = aiohttp.ClientTimeout(total=180, connect=10)
_MAX_CONNECTIONS = 100
_PAGE_SIZE = 100
_NUMBER_FIELDS = (
    "id,display_phone_number,verified_name,quality_rating,status,name_status,webhook_configuration"
)

A = TypeVar("A", bound=BaseModel)


class GraphClient:
    """One number's way to the Graph API; every call raises GraphCallError where it fails."""

    def __init__(
        self, api_url: str, token: str, phone_number_id: str, waba_id: str | None = None
    ) -> None:
        """`api_url`: Meta's, or a stand-in's, without the version."""
        self._base = URL(api_url.rstrip("/"))
        self._token = token
        self._number = phone_number_id
        self._account = waba_id
        self._http: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Let go of connections."""
        if self._http is not None:
            await self._http.close()

    async def send(self, message: Mapping[str, Any]) -> str:
        """Send a message; returns its id."""
        answer = await self._call("POST", f"{self._number}/messages", SendResponse, body=message)
        return answer.messages[0].id

    async def send_read_mark(self, mark: Mapping[str, Any]) -> None:
        """Send a read mark."""
        await self._call("POST", f"{self._number}/messages", SuccessResponse, body=mark)

    async def upload(self, path: Path, mime: str, name: str) -> str:
        """Upload a file, read from the disk as it goes out; returns its id, good for 30 days."""
        with await asyncio.to_thread(path.open, "rb") as file:
            form = aiohttp.FormData()
            form.add_field("messaging_product", "whatsapp")
            form.add_field("type", mime)
            form.add_field("file", file, filename=name, content_type=mime)
            answer = await self._call("POST", f"{self._number}/media", ObjectId, form=form)
        return answer.id

    async def get_media_url(self, media_id: str) -> MediaUrl:
        """Ask where a file can be had."""
        return await self._call("GET", media_id, MediaUrl, query={"phone_number_id": self._number})

    def download_file(self, url: str) -> AsyncGenerator[bytes, None]:
        """Give the bytes at a file's address; raises MediaError, and goes to no foreign host."""
        return download_file(
            self._session, url, allowed=self._list_allowed_origins(url), headers=self._headers
        )

    async def get_number(self) -> PhoneNumber:
        """Ask about the number."""
        return await self._call("GET", self._number, PhoneNumber, query={"fields": _NUMBER_FIELDS})

    async def get_token_info(self) -> TokenInfo:
        """Ask what the token may do."""
        query = {"input_token": self._token}
        return (await self._call("GET", "debug_token", TokenResponse, query=query)).data

    async def get_subscriptions(self) -> Subscriptions:
        """Ask which apps are told what happens in the business account."""
        return await self._call("GET", f"{self._account}/subscribed_apps", Subscriptions)

    async def get_template_page(self, after: str | None = None) -> TemplatePage:
        """Ask for a page of the business account's templates."""
        query = {"limit": str(_PAGE_SIZE)} | ({"after": after} if after else {})
        return await self._call(
            "GET", f"{self._account}/message_templates", TemplatePage, query=query
        )

    @property
    def has_account(self) -> bool:
        """Whether it is known which business account the number is in."""
        return bool(self._account)

    @property
    def _session(self) -> aiohttp.ClientSession:
        if self._http is None:  # not earlier: it belongs to the loop that runs
            connector = aiohttp.TCPConnector(limit=_MAX_CONNECTIONS)
            self._http = aiohttp.ClientSession(connector=connector)
        return self._http

    @property
    def _headers(self) -> dict[str, str]:
        agent = f"OsmoDesk/{version('osmodesk')}"
        return {"Authorization": f"Bearer {self._token}", "User-Agent": agent}

    async def _call(
        self,
        verb: str,
        path: str,
        answer: type[A],
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        form: aiohttp.FormData | None = None,
    ) -> A:
        request = self._session.request(
            verb,
            self._base / VERSION / path,
            params=query,
            json=body,
            data=form,
            headers=self._headers,
            timeout=_CALL_TIMEOUT if form is None else _UPLOAD_TIMEOUT,
            allow_redirects=False,
        )
        # Only the kind of aiohttp's errors: their texts may hold an address with the token.
        try:
            async with request as response:
                raw = await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise GraphUnreachableError(type(error).__name__) from None
        except (aiohttp.ClientError, OSError) as error:  # OSError: a time-out too
            raise NoResponseError(type(error).__name__) from None
        return _parse_response(response, raw, answer)

    def _list_allowed_origins(self, url: str) -> list[Origin]:
        """List the servers that the token may go to for a file: the API's own, and Meta's."""
        allowed = [parse_origin(str(self._base)), parse_origin(_FILE_HOST)]
        with suppress(UrlNotAllowedError):
            given = parse_origin(url)
            if given == Origin("https", given.host, 443) and given.host.endswith(_FILE_HOST_SUFFIX):
                allowed.append(given)
        return allowed


def _parse_response(response: aiohttp.ClientResponse, raw: bytes, answer: type[A]) -> A:
    found = _parse_json(raw)
    error = found.get("error")
    if isinstance(error, dict):
        raise GraphRefusedError(response.status, error, retry_after=_parse_retry_after(response))
    if response.status == HTTPStatus.TOO_MANY_REQUESTS:
        raise GraphRefusedError(response.status, {}, retry_after=_parse_retry_after(response))
    if response.status != HTTPStatus.OK or not found:
        raise InvalidResponseError(response.status)
    try:
        return answer.model_validate(found)
    except ValidationError:
        raise InvalidResponseError(response.status) from None


def _parse_json(raw: bytes) -> dict[str, Any]:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _parse_retry_after(response: aiohttp.ClientResponse) -> float | None:
    given = response.headers.get("Retry-After", "")
    return float(given) if given.isascii() and given.isdigit() else None
