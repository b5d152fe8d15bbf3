"""Stream JSON that contains a file as base64, created in chunks while it is sent."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from bridge.waha.client.client import StreamedBody

# A multiple of three, so that every chunk but the last is complete base64.
_CHUNK_SIZE = 3 * 64 * 1024


async def build_upload_body(body: dict[str, Any], path: Path) -> StreamedBody:
    """Build a body with the bytes of `path` as its file's `data`; raise OSError."""
    size = (await asyncio.to_thread(path.stat)).st_size
    file = {**body["file"], "data": ""}
    # The file comes last, and its data last in it, so that all before and after is known at once.
    rest = {name: value for name, value in body.items() if name != "file"}
    whole = json.dumps({**rest, "file": file}, ensure_ascii=False).encode("utf-8", "replace")
    before, after = whole[: -len(_JSON_END)], whole[-len(_JSON_END) :]
    length = len(whole) + 4 * ((size + 2) // 3)
    return StreamedBody(_iterate_chunks(before, path, size, after), length)


# The end of json.dumps's output: the empty data's quote, the file's brace, the body's brace.
_JSON_END = '"}}'


async def _iterate_chunks(
    before: bytes, path: Path, size: int, after: bytes
) -> AsyncIterator[bytes]:
    yield before
    left = size
    with await asyncio.to_thread(path.open, "rb") as file:
        while left > 0:
            chunk = await asyncio.to_thread(file.read, min(_CHUNK_SIZE, left))
            if not chunk:
                raise OSError("the file became shorter while it was sent")
            left -= len(chunk)
            yield base64.b64encode(chunk)
    yield after
