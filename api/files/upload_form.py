"""Read an upload as a stream: it is not held in memory, and all of it is checked."""

import asyncio
import warnings
from collections import Counter
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

from api.errors.problems import (
    BadRequest,
    ContentTooLarge,
    RequestTimeout,
    ServiceUnavailable,
    TooManyRequests,
    ValidationFailed,
)
from api.files.upload_validation import (
    MEGABYTE,
    UploadedFile,
    check_request,
    read_part_name,
    validate_upload,
)
from desk.media.limits import MAX_UPLOAD_BYTES
from desk.media.upload_store import ReceivedFile, UploadStore, UploadTooLargeError

# The client gets an error for a malformed header; the operator's log need not repeat it.
warnings.filterwarnings("ignore", category=BadContentDispositionHeader)
warnings.filterwarnings("ignore", category=BadContentDispositionParam)
log = structlog.get_logger(__name__)
T = TypeVar("T")

# The limit for each part that is not the file.
_MAX_FIELD_BYTES = 16 * 1024
_CHUNK_BYTES = 64 * 1024
_MALFORMED = (
    ValueError,  # of a boundary, of a header, of a missing end
    RuntimeError,  # of an encoding
    AssertionError,  # of a boundary
    HttpProcessingError,  # of a part's headers
    web.RequestPayloadError,
    ConnectionError,
)


class UploadReceiver:
    """Receives uploads with a limit on their number and their time.

    `stall_seconds` is the longest pause without data, `total_seconds` the longest time for all of
    it. One user can have only some of the places.
    """

    def __init__(
        self,
        uploads: UploadStore,
        *,
        stall_seconds: float = 20.0,
        total_seconds: float = 600.0,
        max_concurrent: int = 16,
        max_per_user: int = 4,
    ) -> None:
        self._uploads = uploads
        self._stall_seconds = stall_seconds
        self._total_seconds = total_seconds
        self._max_concurrent, self._max_per_user = max_concurrent, max_per_user
        self._under_way = Counter[str]()

    @asynccontextmanager
    async def receive(self, request: web.Request, user_id: str) -> AsyncIterator[UploadedFile]:
        """Receive a user's form with a file; what the block does not save is deleted after it.

        Raises a problem for each kind of error.
        """
        check_request(request)
        if self._under_way[user_id] >= self._max_per_user:
            raise TooManyRequests("too many of your uploads at once", after=5)
        if self._under_way.total() >= self._max_concurrent:
            raise ServiceUnavailable("too many uploads at once", after=5)
        self._under_way[user_id] += 1
        try:
            async with AsyncExitStack() as stack:
                yield await self._read(request, stack)
        finally:
            self._under_way[user_id] -= 1
            self._under_way += Counter()  # drops who has none left

    async def _read(self, request: web.Request, stack: AsyncExitStack) -> UploadedFile:
        try:
            async with asyncio.timeout(self._total_seconds):
                return await self._read_parts(request, stack)
        except TimeoutError:
            raise RequestTimeout("the upload paused for too long, or took too long") from None
        except UploadTooLargeError:
            raise ContentTooLarge(
                f"the limit for a file is {MAX_UPLOAD_BYTES // MEGABYTE} MB"
            ) from None
        except _MALFORMED as error:
            raise BadRequest("the form is malformed or ended too early") from error
        except OSError as error:
            log.error("upload.not_stored", error=type(error).__name__, reason=error.strerror)
            raise ServiceUnavailable("files cannot be stored at the moment", after=60) from None

    async def _read_parts(self, request: web.Request, stack: AsyncExitStack) -> UploadedFile:
        reader, given = await request.multipart(), dict[str, str]()
        file: tuple[ReceivedFile, BodyPartReader] | None = None
        while (part := await self._with_timeout(reader.next())) is not None:
            if not isinstance(part, BodyPartReader):
                raise BadRequest("a form must not contain another form")
            name = read_part_name(part, {*given, *(["file"] if file else [])})
            if name == "file":
                pieces = self._iter_chunks(part)
                kept = self._uploads.receive(pieces, most=MAX_UPLOAD_BYTES)
                file = await stack.enter_async_context(kept), part
            else:
                given[name] = await self._read_text(name, part)
        if file is None:
            raise ValidationFailed.field("file", "is required", "missing")
        return validate_upload(*file, given)

    async def _iter_chunks(self, part: BodyPartReader) -> AsyncIterator[bytes]:
        while not part.at_eof():
            yield await self._with_timeout(part.read_chunk(_CHUNK_BYTES))

    async def _read_text(self, name: str, part: BodyPartReader) -> str:
        text = bytearray()
        async for piece in self._iter_chunks(part):
            text += piece
            if len(text) > _MAX_FIELD_BYTES:
                raise ContentTooLarge(f"the limit for a field is {_MAX_FIELD_BYTES} bytes")
        try:
            return text.decode()
        except UnicodeDecodeError:
            raise ValidationFailed.field(name, "must be UTF-8", "encoding") from None

    async def _with_timeout(self, awaitable: Awaitable[T]) -> T:
        async with asyncio.timeout(self._stall_seconds):
            return await awaitable
