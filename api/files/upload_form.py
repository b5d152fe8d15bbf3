"""Reads an upload as it comes: none of it is held in memory, or believed before it is checked."""

import asyncio
import warnings
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TypeVar

import structlog
from aiohttp import (
    BadContentDispositionHeader,
    BadContentDispositionParam,
    BodyPartReader,
    web,
)
from aiohttp.http_exceptions import HttpProcessingError

from api.errors.problems import BadRequest, Invalid, TooLarge, TooSlow, Unavailable
from api.files.upload_validation import (
    MEGABYTE,
    MOST,
    Received,
    check_request,
    checked,
    name_of_part,
)
from desk.media.upload_store import ReceivedFile, UploadStore, UploadTooLargeError

# What a client writes wrong is answered to it; the operator's log need not repeat it.
warnings.filterwarnings("ignore", category=BadContentDispositionHeader)
warnings.filterwarnings("ignore", category=BadContentDispositionParam)
log = structlog.get_logger(__name__)
T = TypeVar("T")

# Of each part that is not the file.
_FIELD = 16 * 1024
_PIECE = 64 * 1024
_MALFORMED = (
    ValueError,  # of a boundary, of a header, of an end that does not come
    RuntimeError,  # of an encoding
    AssertionError,  # of a boundary
    HttpProcessingError,  # of a part's headers
    web.RequestPayloadError,
    ConnectionError,
)


class Forms:
    """Receives uploads, so many at once, each within its time; both in seconds.

    `stall` is how long nothing may come, `whole` how long all of it may take.
    """

    def __init__(
        self, uploads: UploadStore, *, stall: float = 20.0, whole: float = 600.0, at_once: int = 16
    ) -> None:
        self._shelf = uploads
        self._stall = stall
        self._whole = whole
        self._room = at_once

    @asynccontextmanager
    async def receive(self, request: web.Request) -> AsyncIterator[Received]:
        """Receive a form with a file; what is not kept within the block is gone after it.

        Raises problems for whatever is wrong with it.
        """
        check_request(request)
        if self._room <= 0:
            raise Unavailable("too many uploads at once", after=5)
        self._room -= 1
        try:
            async with AsyncExitStack() as stack:
                yield await self._read(request, stack)
        finally:
            self._room += 1

    async def _read(self, request: web.Request, stack: AsyncExitStack) -> Received:
        try:
            async with asyncio.timeout(self._whole):
                return await self._parts(request, stack)
        except TimeoutError:
            raise TooSlow("nothing came for too long, or all of it took too long") from None
        except UploadTooLargeError:
            raise TooLarge(f"a file may have {MOST // MEGABYTE} MB") from None
        except _MALFORMED as error:
            raise BadRequest("the form broke off, or is not written as one") from error
        except OSError as error:
            log.error("upload.not_kept", error=type(error).__name__, reason=error.strerror)
            raise Unavailable("files cannot be kept at present", after=60) from None

    async def _parts(self, request: web.Request, stack: AsyncExitStack) -> Received:
        reader, given = await request.multipart(), dict[str, str]()
        file: tuple[ReceivedFile, BodyPartReader] | None = None
        while (part := await self._in_time(reader.next())) is not None:
            if not isinstance(part, BodyPartReader):
                raise BadRequest("a form within a form")
            name = name_of_part(part, {*given, *(["file"] if file else [])})
            if name == "file":
                pieces = self._pieces(part)
                kept = self._shelf.receive(pieces, most=MOST)
                file = await stack.enter_async_context(kept), part
            else:
                given[name] = await self._text(name, part)
        if file is None:
            raise Invalid.field("file", "is missing", "missing")
        return checked(*file, given)

    async def _pieces(self, part: BodyPartReader) -> AsyncIterator[bytes]:
        while not part.at_eof():
            yield await self._in_time(part.read_chunk(_PIECE))

    async def _text(self, name: str, part: BodyPartReader) -> str:
        text = bytearray()
        async for piece in self._pieces(part):
            text += piece
            if len(text) > _FIELD:
                raise TooLarge(f"a field may have {_FIELD} bytes")
        try:
            return text.decode()
        except UnicodeDecodeError:
            raise Invalid.field(name, "is not UTF-8", "encoding") from None

    async def _in_time(self, coming: Awaitable[T]) -> T:
        async with asyncio.timeout(self._stall):
            return await coming
