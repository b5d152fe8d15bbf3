"""Download the file of a message; the caller must be allowed to see the message."""

import asyncio
from collections.abc import Mapping
from typing import BinaryIO

from aiohttp import web

from api.access.caller import Caller
from api.access.permissions import require_visible
from api.errors.problems import (
    Conflict,
    FileTooLargeToFetch,
    NotFound,
    Problem,
    ProviderRefused,
    ServiceUnavailable,
)
from api.files.headers import build_file_headers
from api.files.ranges import ByteRange, parse_range
from api.routing.transactions import Transactions
from db.ids import ChannelId, MessageId
from db.queries.conversations.location import find_message_location
from db.queries.messages.copies import find_source_channel
from db.queries.messages.message_rows import MessageRow, find_message
from desk.media.errors import FileTooLargeError, FileUnavailableError, MediaError
from desk.media.message_files import MessageFiles, cache_name
from desk.media.mime_types import HEAD_SIZE
from desk.unit_of_work import UnitOfWork

_CHUNK_BYTES = 256 * 1024
_RETRY_SECONDS = 5


async def download_file(
    request: web.Request,
    transactions: Transactions,
    caller: Caller,
    message_id: MessageId,
    files: MessageFiles,
) -> web.StreamResponse:
    """Download the file of a message, or a part of it, from the cache or the provider.

    `ETag` and `If-None-Match`, `Range` and `If-Range` work. A type that could contain a script is
    sent as an attachment, whatever type the file claims to be.
    """
    row, via = await transactions.run(lambda uow: find_file(uow, caller, message_id))
    return await open_file(request, files, row, via)


async def open_file(
    request: web.Request,
    files: MessageFiles,
    row: MessageRow,
    via: ChannelId,
    *,
    as_attachment: bool = False,
    allowed_origin: str | None = None,
) -> web.StreamResponse:
    """Send the file of a message that `find_file` found.

    `allowed_origin`: pages of this origin may read it, too.
    """
    assert row.file is not None  # noqa: S101 looked at in `find_file`
    try:
        path = await files.path(row.id, row.file, via)
    except MediaError as error:
        raise to_problem(error) from None
    etag = f'"{cache_name(row.id, row.file)}"'
    try:
        file = await asyncio.to_thread(path.open, "rb")
    except FileNotFoundError:  # the cache evicted it in this moment
        raise ServiceUnavailable(after=1) from None
    with file:
        head, size = await asyncio.to_thread(_read_head, file)
        mime, name = row.file.get("mime"), row.file.get("name")
        headers = build_file_headers(head, mime, name, etag, as_attachment=as_attachment)
        if allowed_origin is not None:
            headers["Access-Control-Allow-Origin"] = allowed_origin
        return await _respond(request, file, size, headers)


async def find_file(
    uow: UnitOfWork, caller: Caller, message_id: MessageId
) -> tuple[MessageRow, ChannelId]:
    """Find a message with a file, and the channel that the file came through.

    Raises NotFound, and Conflict when the message has no file.
    """
    place = await find_message_location(uow.tx, message_id)
    if place is None:
        raise NotFound
    require_visible(caller, holder=place.human_holder, is_open=place.is_open)
    row = await find_message(uow.tx, message_id)
    if row is None or row.file is None:
        raise Conflict("this message has no file")
    return row, await find_source_channel(uow.tx, message_id) or place.channel_id


def to_problem(error: MediaError) -> Problem:
    """Convert an error of a file to a problem."""
    match error:
        case FileTooLargeError():
            return FileTooLargeToFetch(f"{error}: open it in the conversation's topic")
        case FileUnavailableError():
            return ServiceUnavailable(str(error), after=_RETRY_SECONDS)
    return ProviderRefused(str(error))


async def _respond(
    request: web.Request, file: BinaryIO, size: int, headers: dict[str, str]
) -> web.StreamResponse:
    etag = headers["ETag"]
    if _is_not_modified(request.headers, etag):
        return web.Response(status=304, headers=headers)
    asked = request.headers.get("If-Range", etag) == etag
    part = parse_range(request.headers.get("Range"), size) if asked else None
    if part is not None:
        headers["Content-Range"] = f"bytes {part.start}-{part.start + part.count - 1}/{size}"
    response = web.StreamResponse(status=206 if part else 200, headers=headers)
    return await _send(request, response, file, part or ByteRange(0, size))


def _read_head(file: BinaryIO) -> tuple[bytes, int]:
    head = file.read(HEAD_SIZE)
    return head, file.seek(0, 2)


def _is_not_modified(headers: Mapping[str, str], etag: str) -> bool:
    given = (
        each.strip().removeprefix("W/") for each in headers.get("If-None-Match", "").split(",")
    )
    return any(each in {etag, "*"} for each in given)


async def _send(
    request: web.Request, response: web.StreamResponse, file: BinaryIO, part: ByteRange
) -> web.StreamResponse:
    response.content_length = left = part.count
    await response.prepare(request)
    await asyncio.to_thread(file.seek, part.start)
    try:
        while left and (piece := await asyncio.to_thread(file.read, min(left, _CHUNK_BYTES))):
            await response.write(piece)
            left -= len(piece)
        await response.write_eof()
    except ConnectionError:
        response.force_close()  # the client has disconnected
    return response
