"""Fetches files of customers from the servers that hold them, and from no other."""

from collections.abc import AsyncGenerator, Collection, Mapping
from http import HTTPStatus

import aiohttp
from yarl import URL

from desk.media.errors import FileGoneError, FileUnavailableError, MediaError
from desk.urls.origins import Origin, UrlNotAllowedError, require_allowed_origin

_CHUNK_SIZE = 64 * 1024
_REDIRECTS = {301, 302, 303, 307, 308}
_MAX_REDIRECTS = 3
# Of the whole, of a connection, and of any silence in between.
_TIMEOUT = aiohttp.ClientTimeout(total=300, connect=10, sock_read=30)
_GONE_STATUSES = {
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.GONE,
}


async def download_file(
    http: aiohttp.ClientSession,
    url: str,
    *,
    allowed: Collection[Origin],
    headers: Mapping[str, str] | None = None,
) -> AsyncGenerator[bytes, None]:
    """Give the bytes behind a link, in pieces; raises MediaError, which does not name the link.

    `headers` hold what opens the door: they are sent to servers of `allowed` alone, and so is
    everything else. A redirection is another link, and looked at like the first.
    """
    failure: MediaError | None = None
    try:
        for _ in range(_MAX_REDIRECTS + 1):
            address = URL(require_allowed_origin(url, allowed), encoded=True)
            asking = http.get(
                address,
                headers={**(headers or {}), "Accept-Encoding": "identity"},
                allow_redirects=False,
                timeout=_TIMEOUT,
            )
            async with asking as response:
                if response.status not in _REDIRECTS:
                    _check_status(response.status)
                    async for piece in response.content.iter_chunked(_CHUNK_SIZE):
                        yield piece
                    return
                url = str(address.join(URL(response.headers.get("Location", ""), encoded=True)))
        failure = FileGoneError("its server sends us from one place to the next")
    except UrlNotAllowedError as error:
        failure = FileGoneError(f"its link is not followed: {error}")
    except (aiohttp.ClientError, OSError, ValueError):  # OSError: a time-out too
        failure = FileUnavailableError("its server did not hand it out")
    # Here, and not where it was caught: the error there knows the address.
    if failure is not None:
        raise failure


def _check_status(status: int) -> None:
    if status in _GONE_STATUSES:
        raise FileGoneError(f"its server answered {status}")
    if status != HTTPStatus.OK:
        raise FileUnavailableError(f"its server answered {status}")
