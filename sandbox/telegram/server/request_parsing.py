"""Reads a request's parameters from its query, JSON, form or multipart body."""

import json
from urllib.parse import parse_qsl

from aiohttp import web
from aiohttp.web_request import FileField

from sandbox.common.json_shapes import Json
from sandbox.common.upload import Upload
from sandbox.telegram.model import errors

UPLOAD_LIMIT = 50 * 1024 * 1024


async def read_parameters(request: web.Request) -> tuple[Json, dict[str, Upload]]:
    """Return the raw parameters and the uploaded files by their field's name."""
    params: Json = dict(request.query) if request.query_string else {}
    files: dict[str, Upload] = {}
    if not request.body_exists:
        return params, files
    kind = request.content_type
    if kind == "application/json":
        params |= _json_object(await request.read())
    elif kind == "multipart/form-data":
        await _read_multipart(request, params, files)
    else:
        text = (await request.read()).decode("utf-8", "replace")
        params.update(parse_qsl(text, keep_blank_values=True))
    return params, files


def _json_object(body: bytes) -> Json:
    try:
        content = json.loads(body) if body.strip() else {}
    except ValueError:
        raise errors.bad_request("can't parse JSON object") from None
    if not isinstance(content, dict):
        raise errors.bad_request("can't parse JSON object")
    return content


async def _read_multipart(request: web.Request, params: Json, files: dict[str, Upload]) -> None:
    for name, part in (await request.post()).items():
        if isinstance(part, FileField):
            with part.file:
                data = part.file.read()
            if len(data) > UPLOAD_LIMIT:
                raise errors.body_too_large()
            files[name] = Upload(part.filename, part.content_type, data)
        else:
            params[name] = part
