"""State, chats, files, and the stream of changes."""

import asyncio

from aiohttp import web

from sandbox.graph.control.requests import find_chat
from sandbox.graph.control.views import (
    account_view,
    chat_view,
    customer_view,
    message_view,
    number_view,
)
from sandbox.graph.model.shapes import Json
from sandbox.graph.state.app_key import GRAPH
from sandbox.graph.state.world import World
from sandbox.telegram.state.change_feed import to_sse

KEEP_ALIVE_SECONDS = 15.0


def show_state(world: World, request: web.Request, body: Json) -> Json:
    """Return accounts with templates, numbers, customers, chats, and the last event's id."""
    del request, body
    return {
        "accounts": [account_view(one) for one in world.accounts.values()],
        "numbers": [number_view(one) for one in world.numbers.values()],
        "customers": [customer_view(one) for one in world.customers.values()],
        "chats": [chat_view(world, one) for one in world.chats.values()],
        "now": world.clock.now(),
        "last_event_id": world.feed.last_id,
    }


def list_messages(world: World, request: web.Request, body: Json) -> list[Json]:
    """Return a chat's messages in order; `after` is the id of a message already known.

    The number "-" is the only one there is.
    """
    del body
    place = request.match_info
    number = None if place["number"] == "-" else place["number"]
    chat = find_chat(world, {"number": number, "customer": place["customer"]})
    found = list(chat.messages.values())
    after = request.query.get("after")
    if after is not None and after in chat.messages:
        found = found[list(chat.messages).index(after) + 1 :]
    return [message_view(world, chat, one) for one in found]


async def download_file(request: web.Request) -> web.Response:
    """Return a file's bytes with their content type."""
    media = request.app[GRAPH].media.get(request.match_info["id"])
    if media is None:
        return web.json_response({"error": "no such file"}, status=404)
    # The bytes are a stranger's: a browser must show them as what they claim to be, or not at all.
    headers = {
        "Content-Type": media.mime,
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return web.Response(body=media.data, headers=headers)


async def stream_changes(request: web.Request) -> web.StreamResponse:
    """Stream what changes as server-sent events, from Last-Event-ID on if it is given."""
    world = request.app[GRAPH]
    last = request.headers.get("Last-Event-ID") or request.query.get("after")
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
    )
    await response.prepare(request)
    queue = world.feed.watch(int(last) if last and last.isdigit() else None)
    try:
        await response.write(b": watching\n\n")
        while not world.closing.is_set():
            await response.write(await _next(world, queue))
    except ConnectionResetError:
        pass
    finally:
        world.feed.unwatch(queue)
    return response


async def _next(world: World, queue: "asyncio.Queue[tuple[int, Json]]") -> bytes:
    """Return the changes that wait, a comment after a while of silence, or nothing at the end."""
    arrival = asyncio.ensure_future(queue.get())
    closing = asyncio.ensure_future(world.closing.wait())
    waits: set[asyncio.Future[object]] = {arrival, closing}  # type: ignore[arg-type] # futures are invariant
    await asyncio.wait(waits, timeout=KEEP_ALIVE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    closing.cancel()
    if not arrival.done():
        arrival.cancel()
        return b": still here\n\n"
    parts = [to_sse(arrival.result())]
    while not queue.empty():
        parts.append(to_sse(queue.get_nowait()))
    return b"".join(parts)
