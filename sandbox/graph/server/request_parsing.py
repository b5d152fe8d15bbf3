"""Reads a request: JSON, a form, or a form with a file."""

import json

from aiohttp import BodyPartReader, web

from sandbox.common.json_shapes import Json
from sandbox.common.upload import Upload
from sandbox.graph.model.errors import GraphError, invalid

# More than any file may have; larger bodies are refused without being stored.
LARGEST_FILE = 101 * 1024 * 1024
CHUNK = 256 * 1024


async def read_body(request: web.Request) -> tuple[Json, Upload | None]:
    """Return the parameters and the file of a request; an unreadable body raises 100."""
    if request.content_type == "multipart/form-data":
        return await _multipart(request)
    if request.content_type == "application/x-www-form-urlencoded":
        return dict(await request.post()), None
    text = await request.text()
    if not text.strip():
        return {}, None
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise invalid("Invalid parameter: the body is not valid JSON") from None
    if not isinstance(content, dict):
        raise invalid("Invalid parameter: the body must be a JSON object")
    return content, None


async def _multipart(request: web.Request) -> tuple[Json, Upload | None]:
    fields: Json = {}
    upload = None
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                raise invalid("a form within a form")
            if part.filename is None and part.name != "file":
                fields[str(part.name)] = await part.text()
            else:
                mime = part.headers.get("Content-Type", "application/octet-stream")
                upload = Upload(part.filename or "file", mime, await _bytes(part))
    except (ValueError, AssertionError) as error:
        raise invalid(f"the form cannot be read: {error}") from error
    return fields, upload


async def _bytes(part: BodyPartReader) -> bytes:
    data = bytearray()
    while chunk := await part.read_chunk(CHUNK):
        data += chunk
        if len(data) > LARGEST_FILE:
            raise GraphError(100, message="(#100) The file is too large", status=413)
    return bytes(data)
