"""Call one session of one WAHA server. The key is sent to that server only."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp import hdrs
from multidict import CIMultiDict
from yarl import URL

from bridge.file_download import download_file
from bridge.waha.client.errors import (
    WahaError,
    WahaNoResponseError,
    WahaRefusedError,
    WahaUnreachableError,
)
from bridge.waha.client.lenient import parse_leniently
from bridge.waha.client.models import Message, Session
from bridge.waha.identifiers.file_ids import find_file_path, find_storage_url
from desk.media.errors import FileGoneError
from desk.urls.origins import Origin, UrlNotAllowedError, parse_origin
from desk.urls.servers import open_checked_socket

Json = dict[str, Any]

# Node's HTTP server closes connections that were idle for 5 s. The result of a request on a
# connection that is about to close would be unknown.
_IDLE_SECONDS = 3.0
_CONNECT_SECONDS = 5.0
_SECONDS = 30.0
# Enough for a hundred megabytes, a third more as base64, at eight megabits a second.
_FILE_SECONDS = 180.0
# No response that we ask for is nearly so long.
_MAX_RESPONSE_SIZE = 4 * 1024 * 1024
_CHUNK_SIZE = 64 * 1024
_MAX_REASON = 300
_REDIRECTS = range(300, 400)


@dataclass(frozen=True, slots=True)
class StreamedBody:
    """A JSON body that is created while it is sent."""

    chunks: AsyncIterator[bytes]
    length: int


class WahaClient:
    """Calls a WAHA server for one session; every method raises WahaError."""

    def __init__(self, url: str, api_key: str, session: str) -> None:
        self.session = session
        self._base = URL(url)
        self._key = api_key
        self._http: aiohttp.ClientSession | None = None

    @property
    def host(self) -> str:
        """Return the server's host, with its port if that is not the default."""
        return self._base.authority.rpartition("@")[2]

    async def close(self) -> None:
        """Close the connections."""
        if self._http is not None:
            await self._http.close()
            self._http = None

    # Sessions

    async def list_sessions(self) -> list[Session]:
        """List the server's sessions, including stopped ones."""
        found = await self.call("GET", "api", "sessions", query={"all": "true"})
        if not isinstance(found, list):
            raise WahaNoResponseError("WAHA's list of sessions could not be read")
        return [_parse_session(each) for each in found]

    async def get_session(self) -> Session | None:
        """Return our session, or None if the server has no session of this name."""
        try:
            return _parse_session(await self.call("GET", "api", "sessions", self.session))
        except WahaRefusedError as error:
            if error.status == 404:  # noqa: PLR2004 not found
                return None
            raise

    async def create(self, config: Json) -> None:
        """Create our session and start it."""
        body = {"name": self.session, "config": config}
        await self.call("POST", "api", "sessions", body=body)

    async def configure(self, config: Json) -> None:
        """Replace our session's configuration; WAHA restarts a running session."""
        await self.call("PUT", "api", "sessions", self.session, body={"config": config})

    async def send_command(self, command: str) -> None:
        """Order our session to `start`, `stop`, `restart` or `logout`."""
        await self.call("POST", "api", "sessions", self.session, command)

    async def delete_session(self) -> None:
        """Log our session out and delete it; one that does not exist is no error."""
        try:
            await self.call("DELETE", "api", "sessions", self.session)
        except WahaRefusedError as error:
            if error.status != 404:  # noqa: PLR2004 not found
                raise

    async def get_qr_code(self) -> str:
        """Return the content of the current QR code."""
        found = await self.call(
            "GET", "api", self.session, "auth", "qr", query={"format": "raw"}, accept=_JSON
        )
        value = found.get("value") if isinstance(found, dict) else None
        if not isinstance(value, str) or not value:
            raise WahaNoResponseError("WAHA's QR code could not be read")
        return value

    async def request_code(self, phone: str) -> str:
        """Return a pairing code to be typed on the phone with this number (digits)."""
        body = {"phoneNumber": phone}
        found = await self.call("POST", "api", self.session, "auth", "request-code", body=body)
        code = found.get("code") if isinstance(found, dict) else None
        if not isinstance(code, str) or not code:
            raise WahaNoResponseError("WAHA's pairing code could not be read")
        return code

    # Messages

    async def send(self, operation: str, body: Json) -> Any:
        """Call an operation that names the session in its body."""
        return await self.call("POST", "api", operation, body={**body, "session": self.session})

    async def send_file(self, operation: str, body: StreamedBody) -> Any:
        """Call such an operation with a body that contains a file."""
        return await self.call("POST", "api", operation, streamed=body, seconds=_FILE_SECONDS)

    async def react(self, message_id: str, emoji: str) -> None:
        """Set a reaction on a message; an empty emoji removes it."""
        body = {"messageId": message_id, "reaction": emoji, "session": self.session}
        await self.call("PUT", "api", "reaction", body=body)

    async def edit(self, chat: str, message_id: str, text: str) -> None:
        """Change the text of a message that we sent."""
        await self.call("PUT", *self._build_message_path(chat, message_id), body={"text": text})

    async def delete(self, chat: str, message_id: str) -> None:
        """Delete a message that we sent, for everyone."""
        await self.call("DELETE", *self._build_message_path(chat, message_id))

    async def mark_read(self, chat: str) -> None:
        """Show a customer that their messages of the last days were read."""
        await self.call("POST", "api", self.session, "chats", chat, "messages", "read")

    async def get_message(self, chat: str, message_id: str, *, download: bool = False) -> Message:
        """Look up a message.

        With `download`, WAHA downloads its file from WhatsApp if the file is not there.
        """
        query = {"downloadMedia": "true" if download else "false"}
        found = await self.call("GET", *self._build_message_path(chat, message_id), query=query)
        try:
            return parse_leniently(Message, found)
        except ValueError:
            raise WahaNoResponseError("WAHA's message could not be read") from None

    async def find_phone(self, lid: str, *, seconds: float = _SECONDS) -> str | None:
        """Return the phone's chat id behind a lid, or None if WAHA does not know it."""
        found = await self.call("GET", "api", self.session, "lids", lid, seconds=seconds)
        phone = found.get("pn") if isinstance(found, dict) else None
        return phone if isinstance(phone, str) else None

    async def download(self, url: str) -> AsyncGenerator[bytes, None]:
        """Yield the bytes of a message's file; raise MediaError.

        `url` may name any host, because servers often do not know their own address. Of a file at
        WAHA only the path is used. A storage elsewhere (file_ids.py) is not given the key.
        """
        storage_url, path = find_storage_url(url), find_file_path(url)
        if storage_url is None and path is None:
            raise FileGoneError("the address is not that of a file at WAHA")
        address = storage_url or str(self._base.joinpath(*_split_path(path or "")))
        chunks = download_file(
            self._open_http_session(),
            address,
            allowed=_list_origins(address),
            headers=self._build_headers() if storage_url is None else None,
        )
        async with aclosing(chunks):
            async for chunk in chunks:
                yield chunk

    async def call(
        self,
        method: str,
        *segments: str,
        body: Json | None = None,
        streamed: StreamedBody | None = None,
        query: Mapping[str, str] | None = None,
        accept: str | None = None,
        seconds: float = _SECONDS,
    ) -> Any:
        """Make one call; return the JSON of the response, or None if it has no body."""
        headers = self._build_headers()
        data: Any = None
        if body is not None:
            data = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        elif streamed is not None:
            data = streamed.chunks
            headers[hdrs.CONTENT_LENGTH] = str(streamed.length)
        if data is not None:
            headers[hdrs.CONTENT_TYPE] = _JSON
        if accept is not None:
            headers[hdrs.ACCEPT] = accept
        try:
            async with self._open_http_session().request(
                method,
                self._base.joinpath(*segments),
                data=data,
                params=query,
                headers=headers,
                allow_redirects=False,
                timeout=_build_timeout(seconds),
            ) as response:
                return await _read_response(response)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            raise WahaUnreachableError(f"WAHA at {self.host} could not be reached") from None
        except (aiohttp.InvalidURL, ValueError):
            raise WahaUnreachableError(
                f"{self._base} is not the address of a WAHA server"
            ) from None
        except (aiohttp.ClientError, OSError):  # OSError includes a timeout
            raise WahaNoResponseError(f"no response came from WAHA at {self.host}") from None

    def _build_message_path(self, chat: str, message_id: str) -> tuple[str, ...]:
        return ("api", self.session, "chats", chat, "messages", message_id)

    def _build_headers(self) -> "CIMultiDict[str]":
        return CIMultiDict({"X-Api-Key": self._key})

    def _open_http_session(self) -> aiohttp.ClientSession:
        if self._http is None:
            connector = aiohttp.TCPConnector(
                keepalive_timeout=_IDLE_SECONDS, socket_factory=open_checked_socket
            )
            self._http = aiohttp.ClientSession(connector=connector, auto_decompress=True)
        return self._http


_JSON = "application/json"


def _list_origins(address: str) -> set[Origin]:
    try:
        return {parse_origin(address)}
    except UrlNotAllowedError as error:
        raise FileGoneError(f"its link is not followed: {error}") from None


def _split_path(path: str) -> list[str]:
    return path.strip("/").split("/")


def _build_timeout(seconds: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=seconds, sock_connect=_CONNECT_SECONDS)


async def _read_response(response: aiohttp.ClientResponse) -> Any:
    raw = await _read_body(response)
    body = _parse_json(raw)
    if response.status in _REDIRECTS or response.status >= 400:  # noqa: PLR2004 refusals
        raise _to_refused_error(response, body)
    if body is _UNREADABLE:
        raise WahaNoResponseError(
            "WAHA's response could not be read: another server may be at this address"
        )
    return body


async def _read_body(response: aiohttp.ClientResponse) -> bytes:
    raw = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK_SIZE):
        raw += chunk
        if len(raw) > _MAX_RESPONSE_SIZE:
            raise WahaNoResponseError("WAHA's response is too long")
    return bytes(raw)


_UNREADABLE = object()


def _parse_json(raw: bytes) -> Any:
    if not raw.strip():
        return None
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return _UNREADABLE


def _to_refused_error(response: aiohttp.ClientResponse, body: Any) -> WahaError:
    fields = body if isinstance(body, dict) else {}
    status = fields.get("status")
    has_status = isinstance(status, str) and "expected" in fields
    return WahaRefusedError(
        response.status,
        _find_reason(fields) or f"WAHA answered {response.status}",
        session_status=status if has_status else None,
        retry_after=_parse_retry_after(response),
    )


def _find_reason(fields: Json) -> str:
    """Find the reason in one of the fields where WAHA's layers put it."""
    exception = fields.get("exception")
    inner = exception.get("message") if isinstance(exception, dict) else None
    for reason in (inner, fields.get("message"), fields.get("error")):
        text = "; ".join(map(str, reason)) if isinstance(reason, list) else reason
        if isinstance(text, str) and text:
            return text[:_MAX_REASON]
    return ""


def _parse_retry_after(response: aiohttp.ClientResponse) -> float | None:
    written = response.headers.get(hdrs.RETRY_AFTER, "")
    return min(float(written), 3600.0) if written.isascii() and written.isdigit() else None


def _parse_session(data: Any) -> Session:
    try:
        return Session.model_validate(data)
    except ValueError:
        raise WahaNoResponseError("WAHA's description of a session could not be read") from None
