"""Control requests of every stand-in: a mistake becomes a 400 or 404 with {"error": ...}."""

import inspect
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from aiohttp import web

from sandbox.common.json_shapes import Json, encode

NOT_FOUND = 404


class ControlRequestError(Exception):
    """A control request that makes no sense; `status` is 400 or 404."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.status = status


W = TypeVar("W")
K = TypeVar("K")
V = TypeVar("V")


def json_response(content: Any, status: int = 200) -> web.Response:
    """Return content as a JSON response."""
    return web.json_response(content, status=status, dumps=encode)


def control_handler(
    handler: Callable[[W, web.Request, Json], Any],
    find_world: Callable[[web.Request], W],
    provider_error: type[Exception],
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Turn a function of (world, request, body) that returns JSON into a request handler.

    The function may be a coroutine function. A provider's error, and a field that is missing or
    malformed, becomes a 400.
    """

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            content = handler(find_world(request), request, await read_body(request))
            return json_response(await content if inspect.isawaitable(content) else content)
        except ControlRequestError as mistake:
            return json_response({"error": str(mistake)}, mistake.status)
        except provider_error as error:
            return json_response({"error": str(error)}, 400)
        except KeyError as error:
            return json_response({"error": f"missing field {error}"}, 400)
        except (TypeError, ValueError, AttributeError) as error:
            return json_response({"error": f"malformed field: {error}"}, 400)

    return handle


async def read_body(request: web.Request) -> Json:
    """Return the JSON object in a request's body, empty if there is none."""
    text = await request.text()
    if not text.strip():
        return {}
    content = json.loads(text)
    if not isinstance(content, dict):
        raise ControlRequestError("expected a JSON object")
    return content


def find_named_or_only(records: Mapping[K, V], name: K | None, noun: str) -> V:
    """Return the record with this name, or the only one if the name is None."""
    if name is None:
        if len(records) != 1:
            raise ControlRequestError(f"there are {len(records)} {noun}s: name the `{noun}`")
        return next(iter(records.values()))
    record = records.get(name)
    if record is None:
        raise ControlRequestError(f"no {noun} {name}", NOT_FOUND)
    return record
