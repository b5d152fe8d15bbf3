"""Shows state, chats, files and the stream of changes."""

from aiohttp import web

from sandbox.common import change_stream
from sandbox.common.control_api import NOT_FOUND, json_response
from sandbox.common.json_shapes import Json
from sandbox.common.responses import file_response
from sandbox.graph.control.requests import find_chat
from sandbox.graph.control.views import (
    account_view,
    chat_view,
    customer_view,
    message_view,
    number_view,
)
from sandbox.graph.state.app_key import GRAPH
from sandbox.graph.state.world import World


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

    The number "-" means the only number.
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
        return json_response({"error": "no such file"}, NOT_FOUND)
    return file_response(media.data, media.mime)


async def stream_changes(request: web.Request) -> web.StreamResponse:
    """Stream changes as server-sent events, from Last-Event-ID on if it is given."""
    world = request.app[GRAPH]
    return await change_stream.stream_changes(request, world.feed, world.closing)
