"""Download customers' files from the allowed servers only."""

from collections.abc import AsyncGenerator, Collection, Mapping
from http import HTTPStatus

import aiohttp
from yarl import URL

from desk.media.errors import FileGoneError, FileUnavailableError, MediaError
from desk.urls.origins import Origin, UrlNotAllowedError, require_allowed_origin

_CHUNK_SIZE = 64 * 1024
_REDIRECTS = {301, 302, 303, 307, 308}
_MAX_REDIRECTS = 3
# Limits of the whole download, of the connection, and of a pause in between.
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
    """Yield the bytes behind a link, in chunks; raise MediaError, which does not contain the link.

    `headers` contain the credentials. All requests go only to servers in `allowed`. A redirect is
    checked like the first link.
    """
    failure: MediaError | None = None
    try:
        for _ in range(_MAX_REDIRECTS + 1):
            address = URL(require_allowed_origin(url, allowed), encoded=True)
            request = http.get(
                address,
                headers={**(headers or {}), "Accept-Encoding": "identity"},
                allow_redirects=False,
                timeout=_TIMEOUT,
            )
            async with request as response:
                if response.status not in _REDIRECTS:
                    _check_status(response.status)
                    async for chunk in response.content.iter_chunked(_CHUNK_SIZE):
                        yield chunk
                    return
                url = str(address.join(URL(response.headers.get("Location", ""), encoded=True)))
        failure = FileGoneError("its server redirects too many times")
    except UrlNotAllowedError as error:
        failure = FileGoneError(f"its link is not followed: {error}")
    except (aiohttp.ClientError, OSError, ValueError):  # OSError includes a timeout
        failure = FileUnavailableError("its server did not send it")
    # Raised here, not in the handler above: there the error would carry the URL.
    if failure is not None:
        raise failure


def _check_status(status: int) -> None:
    if status in _GONE_STATUSES:
        raise FileGoneError(f"its server answered {status}")
    if status != HTTPStatus.OK:
        raise FileUnavailableError(f"its server answered {status}")
