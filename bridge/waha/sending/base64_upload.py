"""JSON with a file in it as base64, made piece by piece while it is sent."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from bridge.waha.client.client import Body

# A multiple of three: every piece but the last is whole base64.
_PIECE = 3 * 64 * 1024


async def with_file(body: dict[str, Any], path: Path) -> Body:
    """Write `body` with the bytes of `path` as its file's `data`; raises OSError."""
    size = (await asyncio.to_thread(path.stat)).st_size
    file = {**body["file"], "data": ""}
    # The file last, its data last in it: what is before and behind is known at once.
    rest = {name: value for name, value in body.items() if name != "file"}
    whole = json.dumps({**rest, "file": file}, ensure_ascii=False).encode("utf-8", "replace")
    before, after = whole[: -len(_END)], whole[-len(_END) :]
    length = len(whole) + 4 * ((size + 2) // 3)
    return Body(_pieces(before, path, size, after), length)


# The end of what json.dumps writes: the empty data's quote, the file's brace, the body's brace.
_END = '"}}'


async def _pieces(before: bytes, path: Path, size: int, after: bytes) -> AsyncIterator[bytes]:
    yield before
    left = size
    with await asyncio.to_thread(path.open, "rb") as file:
        while left > 0:
            piece = await asyncio.to_thread(file.read, min(_PIECE, left))
            if not piece:
                raise OSError("the file became shorter while it was sent")
            left -= len(piece)
            yield base64.b64encode(piece)
    yield after
