"""Post to webhook receivers: with a timeout, to public addresses, without redirects."""

from collections.abc import Mapping

import aiohttp

from api.webhooks.dns_resolver import ThreadedResolver
from desk.urls.private import PrivateAddressError, open_public_socket
from desk.webhooks.ports import PostResult

_TIMEOUT_SECONDS, _CONNECT_SECONDS = 10.0, 5.0
_USER_AGENT = "OsmoDesk-Webhooks/1"
_REDIRECT_ERROR = "the receiver redirects: use the address that it redirects to"


class WebhookHttpClient:
    """Posts JSON with one connection pool, which is opened on first use."""

    def __init__(self, *, allow_private: bool = False, seconds: float = _TIMEOUT_SECONDS) -> None:
        """Set `seconds` to the time limit of one attempt, from DNS lookup to the last header."""
        self._allow_private = allow_private
        self._timeout = aiohttp.ClientTimeout(
            total=seconds, connect=min(seconds, _CONNECT_SECONDS), sock_connect=_CONNECT_SECONDS
        )
        self._http: aiohttp.ClientSession | None = None

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> PostResult:
        """Post once; only the receiver's status and Retry-After are read."""
        try:
            async with self._session().post(
                url,
                data=body,
                headers={**headers, "Content-Type": "application/json"},
                allow_redirects=False,
            ) as reply:
                if 300 <= reply.status < 400:  # noqa: PLR2004 HTTP's redirections
                    return PostResult(reply.status, _REDIRECT_ERROR)
                return PostResult(reply.status, after=_read_retry_after(reply))
        except TimeoutError:
            return PostResult(error=f"no answer within {self._timeout.total:g} seconds")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return PostResult(error=_describe_error(error))

    async def close(self) -> None:
        """Close the connections."""
        if self._http is not None:
            await self._http.close()

    def _session(self) -> aiohttp.ClientSession:
        if self._http is None:
            connector = aiohttp.TCPConnector(
                socket_factory=None if self._allow_private else open_public_socket,
                limit=0,  # each webhook posts one at a time, and there are few webhooks
                resolver=ThreadedResolver(),
                use_dns_cache=False,  # a name that changes its address is followed at once
            )
            self._http = aiohttp.ClientSession(
                connector=connector,
                timeout=self._timeout,
                headers={"User-Agent": _USER_AGENT, "Accept-Encoding": "identity"},
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
            )
        return self._http


def _read_retry_after(reply: aiohttp.ClientResponse) -> float:
    given = reply.headers.get("Retry-After", "")
    return float(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0.0  # noqa: PLR2004 no pause is longer


def _describe_error(error: Exception) -> str:
    reason = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    if isinstance(reason, PrivateAddressError):
        return f"{reason}: see WEBHOOK_ALLOW_PRIVATE"
    return f"{type(reason).__name__}: {reason}"[:300]
