"""Fetches files that customers sent: asked for by id, had at an address that lives five minutes."""

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
    """Fetches files through one number."""

    def __init__(self, graph: GraphClient) -> None:
        self._graph = graph

    async def download(self, file_id: str) -> AsyncGenerator[bytes, None]:
        """Give a file's bytes, checked against Meta's hash of them; raises MediaError.

        An address that has expired, or an id that is not known, is asked for once again.
        """
        if not _ID.fullmatch(file_id):
            raise FileGoneError("what was kept of it is no id of Meta's")
        begun = False
        try:
            async with aclosing(
                self._download_verified(await self._find_media_url(file_id))
            ) as pieces:
                async for piece in pieces:
                    begun = True
                    yield piece
        except FileGoneError:
            if begun:
                raise
            async with aclosing(
                self._download_verified(await self._find_media_url(file_id))
            ) as pieces:
                async for piece in pieces:
                    yield piece

    async def _find_media_url(self, file_id: str) -> MediaUrl:
        """Ask where a file is."""
        try:
            return await self._graph.get_media_url(file_id)
        except GraphRefusedError as refusal:
            kind = FileGoneError if _is_unknown_file(refusal) else FileUnavailableError
            raise kind(f"Meta says: {refusal}") from None
        except GraphCallError as failure:
            raise FileUnavailableError(f"Meta could not be asked: {failure}") from None

    async def _download_verified(self, place: MediaUrl) -> AsyncGenerator[bytes, None]:
        digest = hashlib.sha256()
        async with aclosing(self._graph.download_file(place.url)) as pieces:
            async for piece in pieces:
                digest.update(piece)
                yield piece
        if place.sha256 and not _matches_hash(digest, place.sha256):
            raise FileUnavailableError("what came is not what Meta has: the hashes differ")


def _is_unknown_file(refusal: GraphRefusedError) -> bool:
    """Tell a file that Meta does not know: 404, or 400 with code 100 and subcode 33."""
    return refusal.status == HTTPStatus.NOT_FOUND or (
        (refusal.code, refusal.subcode) == _NO_SUCH_FILE
    )


def _matches_hash(digest: "hashlib._Hash", said: str) -> bool:
    """Compare a hash with Meta's, which is written in base64, or in hexadecimal digits."""
    return said.lower() == digest.hexdigest() or said == base64.b64encode(digest.digest()).decode()
