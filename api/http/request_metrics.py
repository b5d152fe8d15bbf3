"""Record each response in the metrics when its headers are sent."""

import time
from collections.abc import Awaitable, Callable

from aiohttp import web

from desk.telemetry.request_metrics import RequestMetrics

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_STARTED_AT = web.RequestKey("started_at", float)


@web.middleware
async def start_request_timer(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Store the time when the request arrived."""
    request[_STARTED_AT] = time.perf_counter()
    return await handler(request)


def build_request_recorder(requests: RequestMetrics) -> Callable[..., Awaitable[None]]:
    """Build the signal that records a response when its headers are sent.

    A stream is recorded when it starts, not when it ends.
    """

    async def measure(request: web.Request, response: web.StreamResponse) -> None:
        now = time.perf_counter()
        seconds = now - request.get(_STARTED_AT, now)
        requests.count_response(request.method, _route_pattern(request), response.status, seconds)

    return measure


def _route_pattern(request: web.Request) -> str | None:
    resource = request.match_info.route.resource
    return None if resource is None else resource.canonical
