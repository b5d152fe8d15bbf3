"""Streams the changes of a world to watchers as server-sent events."""

import asyncio
from typing import Any

from aiohttp import web

from sandbox.common.change_feed import ChangeFeed, to_sse
from sandbox.common.json_shapes import Json

KEEP_ALIVE_SECONDS = 15.0


async def stream_changes(
    request: web.Request, feed: ChangeFeed, closing: asyncio.Event
) -> web.StreamResponse:
    """Stream changes until the watcher leaves or the server stops.

    The stream begins after Last-Event-ID, or after the query's `after`, if one is given.
    """
    last = request.headers.get("Last-Event-ID") or request.query.get("after")
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
    )
    await response.prepare(request)
    queue = feed.watch(int(last) if last and last.isdigit() else None)
    end: asyncio.Future[object] = asyncio.ensure_future(closing.wait())
    try:
        await response.write(b": watching\n\n")
        while not end.done():
            await response.write(await _next_events(queue, end))
    except ConnectionResetError:
        pass
    finally:
        end.cancel()
        feed.unwatch(queue)
    return response


async def _next_events(
    queue: "asyncio.Queue[tuple[int, Json]]", end: "asyncio.Future[object]"
) -> bytes:
    """Return the changes that wait, or a comment after a while of silence or at the end."""
    arrival = asyncio.ensure_future(queue.get())
    waits: set[asyncio.Future[Any]] = {arrival, end}
    await asyncio.wait(waits, timeout=KEEP_ALIVE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    if not arrival.done():
        arrival.cancel()
        return b": still here\n\n"
    parts = [to_sse(arrival.result())]
    while not queue.empty():
        parts.append(to_sse(queue.get_nowait()))
    return b"".join(parts)
