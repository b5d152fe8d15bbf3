"""JSON with a file in it as base64, made piece by piece while it is sent."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from bridge.waha.client.client import StreamedBody

# A multiple of three: every piece but the last is whole base64.
_CHUNK_SIZE = 3 * 64 * 1024


async def build_upload_body(body: dict[str, Any], path: Path) -> StreamedBody:
    """Write `body` with the bytes of `path` as its file's `data`; raises OSError."""
    size = (await asyncio.to_thread(path.stat)).st_size
    file = {**body["file"], "data": ""}
    # The file last, its data last in it: what is before and behind is known at once.
    rest = {name: value for name, value in body.items() if name != "file"}
    whole = json.dumps({**rest, "file": file}, ensure_ascii=False).encode("utf-8", "replace")
    before, after = whole[: -len(_JSON_END)], whole[-len(_JSON_END) :]
    length = len(whole) + 4 * ((size + 2) // 3)
    return StreamedBody(_iterate_chunks(before, path, size, after), length)


# The end of what json.dumps writes: the empty data's quote, the file's brace, the body's brace.
_JSON_END = '"}}'


async def _iterate_chunks(
    before: bytes, path: Path, size: int, after: bytes
) -> AsyncIterator[bytes]:
    yield before
    left = size
    with await asyncio.to_thread(path.open, "rb") as file:
        while left > 0:
            piece = await asyncio.to_thread(file.read, min(_CHUNK_SIZE, left))
            if not piece:
                raise OSError("the file became shorter while it was sent")
            left -= len(piece)
            yield base64.b64encode(piece)
    yield after
