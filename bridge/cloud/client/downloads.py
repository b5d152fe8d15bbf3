"""Download files that customers sent: get a URL by file id, which is valid for five minutes."""

import base64
import hashlib
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from http import HTTPStatus

from bridge.cloud.client.errors import GraphCallError, GraphRefusedError
from bridge.cloud.client.graph_client import GraphClient
from bridge.cloud.client.responses import MediaUrl
from desk.media.errors import FileGoneError, FileUnavailableError

_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
_NO_SUCH_FILE = (100, 33)


class MediaDownloader:
    """Downloads files through one number."""

    def __init__(self, graph: GraphClient) -> None:
        self._graph = graph

    async def download(self, file_id: str) -> AsyncGenerator[bytes, None]:
        """Yield a file's bytes, checked against Meta's hash; raise MediaError.

        If the URL has expired or the id is unknown, ask for a URL once more.
        """
        if not _ID.fullmatch(file_id):
            raise FileGoneError("its stored id is not an id of Meta's")
        begun = False
        try:
            async with aclosing(
                self._download_verified(await self._find_media_url(file_id))
            ) as chunks:
                async for chunk in chunks:
                    begun = True
                    yield chunk
        except FileGoneError:
            if begun:
                raise
            async with aclosing(
                self._download_verified(await self._find_media_url(file_id))
            ) as chunks:
                async for chunk in chunks:
                    yield chunk

    async def _find_media_url(self, file_id: str) -> MediaUrl:
        """Ask Meta for a file's URL."""
        try:
            return await self._graph.get_media_url(file_id)
        except GraphRefusedError as refusal:
            kind = FileGoneError if _is_unknown_file(refusal) else FileUnavailableError
            raise kind(f"Meta says: {refusal}") from None
        except GraphCallError as failure:
            raise FileUnavailableError(f"Meta could not be reached: {failure}") from None

    async def _download_verified(self, place: MediaUrl) -> AsyncGenerator[bytes, None]:
        digest = hashlib.sha256()
        async with aclosing(self._graph.download_file(place.url)) as chunks:
            async for chunk in chunks:
                digest.update(chunk)
                yield chunk
        if place.sha256 and not _matches_hash(digest, place.sha256):
            raise FileUnavailableError("the downloaded bytes do not match Meta's hash")


def _is_unknown_file(refusal: GraphRefusedError) -> bool:
    """Check whether Meta does not know the file: 404, or 400 with code 100 and subcode 33."""
    return refusal.status == HTTPStatus.NOT_FOUND or (
        (refusal.code, refusal.subcode) == _NO_SUCH_FILE
    )


def _matches_hash(digest: "hashlib._Hash", given: str) -> bool:
    """Compare a hash with Meta's, which is in base64 or in hexadecimal digits."""
    return (
        given.lower() == digest.hexdigest() or given == base64.b64encode(digest.digest()).decode()
    )
