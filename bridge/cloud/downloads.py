"""Fetches files that customers sent: asked for by id, had at an address that lives five minutes."""

import base64
import hashlib
import re
from collections.abc import AsyncGenerator
from http import HTTPStatus

import aiohttp

from bridge.cloud.answers import MediaPlace
from bridge.cloud.failures import GraphFailure, Refused
from bridge.cloud.graph import ForeignAddressError, Graph
from desk.media.errors import AwayError, GoneError, MediaError

_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
_PIECE = 64 * 1024
_NO_SUCH_FILE = (100, 33)
_EXPIRED = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}


class _Expired(Exception):  # noqa: N818 no error: it is asked for again
    """The address has lived its five minutes."""


class Downloads:
    """Fetches files through one number."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def download(self, file_id: str) -> AsyncGenerator[bytes, None]:
        """Give a file's bytes, checked against Meta's hash of them; raises MediaError.

        An address that has expired, or an id that is not known, is asked for once again.
        """
        place = await self._place(file_id)
        try:
            async for piece in self._bytes(place):
                yield piece
            return
        except _Expired:
            pass
        try:
            async for piece in self._bytes(await self._place(file_id)):
                yield piece
        except _Expired:
            raise GoneError("Meta does not hand it out any more") from None

    async def _place(self, file_id: str) -> MediaPlace:
        """Ask where a file is; a second time where Meta does not know it at first."""
        if not _ID.fullmatch(file_id):
            raise GoneError("what was kept of it is no id of Meta's")
        try:
            try:
                return await self._graph.resolve(file_id)
            except Refused as refusal:
                if not _is_unknown(refusal):
                    raise
            return await self._graph.resolve(file_id)
        except Refused as refusal:
            kind = GoneError if _is_unknown(refusal) else AwayError
            raise kind(f"Meta says: {refusal}") from None
        except GraphFailure as failure:
            raise AwayError(f"Meta could not be asked: {failure}") from None

    async def _bytes(self, place: MediaPlace) -> AsyncGenerator[bytes, None]:
        failure: MediaError | None = None
        digest = hashlib.sha256()
        try:
            async with self._graph.opened(place.url) as response:
                _check(response.status)
                async for piece in response.content.iter_chunked(_PIECE):
                    digest.update(piece)
                    yield piece
        except ForeignAddressError as error:
            failure = GoneError(f"Meta names {error}: nothing was sent there")
        except (aiohttp.ClientError, OSError):  # OSError: a time-out too
            failure = AwayError("Meta did not hand it out")
        # Here, and not where it was caught: the error there knows the address.
        if failure is not None:
            raise failure
        if place.sha256 and not _is(digest, place.sha256):
            raise AwayError("what came is not what Meta has: the hashes differ")


def _check(status: int) -> None:
    if status in _EXPIRED:
        raise _Expired
    if status != HTTPStatus.OK:
        raise AwayError(f"Meta answered {status}")


def _is_unknown(refusal: Refused) -> bool:
    """Tell a file that Meta does not know: 404, or 400 with code 100 and subcode 33."""
    return refusal.status == HTTPStatus.NOT_FOUND or (
        (refusal.code, refusal.subcode) == _NO_SUCH_FILE
    )


def _is(digest: "hashlib._Hash", said: str) -> bool:
    """Compare a hash with Meta's, which is written in base64, or in hexadecimal digits."""
    return said.lower() == digest.hexdigest() or said == base64.b64encode(digest.digest()).decode()
