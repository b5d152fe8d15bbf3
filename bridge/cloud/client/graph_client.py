"""A small client of the Graph API, with the dozen calls that a number needs.

The token is sent only to the configured host and to Meta's file hosts.
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
# Meta's file hosts: this server, and all servers below the other name.
_FILE_HOST, _FILE_HOST_SUFFIX = "https://lookaside.fbsbx.com", ".fbcdn.net"
_CALL_TIMEOUT = aiohttp.ClientTimeout(total=30, connect=10)
# Enough for a hundred megabytes at six megabits a second.
_UPLOAD_TIMEOUT = aiohttp.ClientTimeout(total=180, connect=10)
_MAX_CONNECTIONS = 100
_PAGE_SIZE = 100
_NUMBER_FIELDS = (
    "id,display_phone_number,verified_name,quality_rating,status,name_status,webhook_configuration"
)

A = TypeVar("A", bound=BaseModel)


class GraphClient:
    """A Graph API client for one number; every failed call raises GraphCallError."""

    def __init__(
        self, api_url: str, token: str, phone_number_id: str, waba_id: str | None = None
    ) -> None:
        """Create a client; `api_url` is Meta's or a stand-in's address without the version."""
        self._base = URL(api_url.rstrip("/"))
        self._token = token
        self._number = phone_number_id
        self._account = waba_id
        self._http: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the connections."""
        if self._http is not None:
            await self._http.close()

    async def send(self, message: Mapping[str, Any]) -> str:
        """Send a message; return its id."""
        answer = await self._call("POST", f"{self._number}/messages", SendResponse, body=message)
        return answer.messages[0].id

    async def send_read_mark(self, mark: Mapping[str, Any]) -> None:
        """Send a read mark."""
        await self._call("POST", f"{self._number}/messages", SuccessResponse, body=mark)

    async def upload(self, path: Path, mime: str, name: str) -> str:
        """Upload a file, read from the disk while sending; return its id, valid for 30 days."""
        with await asyncio.to_thread(path.open, "rb") as file:
            form = aiohttp.FormData()
            form.add_field("messaging_product", "whatsapp")
            form.add_field("type", mime)
            form.add_field("file", file, filename=name, content_type=mime)
            answer = await self._call("POST", f"{self._number}/media", ObjectId, form=form)
        return answer.id

    async def get_media_url(self, media_id: str) -> MediaUrl:
        """Return the URL of a file."""
        return await self._call("GET", media_id, MediaUrl, query={"phone_number_id": self._number})

    def download_file(self, url: str) -> AsyncGenerator[bytes, None]:
        """Yield the bytes at a file's URL; raise MediaError, also for a foreign host."""
        return download_file(
            self._session, url, allowed=self._list_allowed_origins(url), headers=self._headers
        )

    async def get_number(self) -> PhoneNumber:
        """Return the number's data."""
        return await self._call("GET", self._number, PhoneNumber, query={"fields": _NUMBER_FIELDS})

    async def get_token_info(self) -> TokenInfo:
        """Return what the token may do."""
        query = {"input_token": self._token}
        return (await self._call("GET", "debug_token", TokenResponse, query=query)).data

    async def get_subscriptions(self) -> Subscriptions:
        """Return the apps that receive the business account's events."""
        return await self._call("GET", f"{self._account}/subscribed_apps", Subscriptions)

    async def get_template_page(self, after: str | None = None) -> TemplatePage:
        """Return a page of the business account's templates."""
        query = {"limit": str(_PAGE_SIZE)} | ({"after": after} if after else {})
        return await self._call(
            "GET", f"{self._account}/message_templates", TemplatePage, query=query
        )

    @property
    def has_account(self) -> bool:
        """Return whether the number's business account is known."""
        return bool(self._account)

    @property
    def _session(self) -> aiohttp.ClientSession:
        if self._http is None:  # created late, because it belongs to the running event loop
            connector = aiohttp.TCPConnector(limit=_MAX_CONNECTIONS)
            self._http = aiohttp.ClientSession(connector=connector)
        return self._http

    @property
    def _headers(self) -> dict[str, str]:
        agent = f"OsmoDesk/{version('osmodesk')}"
        return {"Authorization": f"Bearer {self._token}", "User-Agent": agent}

    async def _call(
        self,
        method: str,
        path: str,
        answer: type[A],
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        form: aiohttp.FormData | None = None,
    ) -> A:
        request = self._session.request(
            method,
            self._base / VERSION / path,
            params=query,
            json=body,
            data=form,
            headers=self._headers,
            timeout=_CALL_TIMEOUT if form is None else _UPLOAD_TIMEOUT,
            allow_redirects=False,
        )
        # Only the type of aiohttp's errors: their texts may contain an address with the token.
        try:
            async with request as response:
                raw = await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise GraphUnreachableError(type(error).__name__) from None
        except (aiohttp.ClientError, OSError) as error:  # OSError includes a timeout
            raise NoResponseError(type(error).__name__) from None
        return _parse_response(response, raw, answer)

    def _list_allowed_origins(self, url: str) -> list[Origin]:
        """List the servers that may receive the token for a file: the API's own, and Meta's."""
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
