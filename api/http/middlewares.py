"""The middlewares of every API request: request id, error rendering, CORS and headers."""

import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus

import structlog
from aiohttp import web

from api.errors.rendering import render_problem, to_problem
from api.http.graceful_shutdown import GracefulShutdown
from api.schemas.language import speak
from db.ids import new_id

log = structlog.get_logger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
ResponseSignal = Callable[[web.Request, web.StreamResponse], Awaitable[None]]
REQUEST_ID_HEADER = "X-Request-Id"
_REQUEST_ID_KEY = web.RequestKey("request_id", str)
# Pages of this origin may read the response, too.
READABLE_BY = web.RequestKey("readable_by", str)
_RESPONSE_STARTED = web.RequestKey("response_started", bool)
_SECURITY_HEADERS = {
    # Responses are for this client and this moment: no cache may keep them, no page may frame or
    # run them.
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_CORS_METHODS = "GET, POST, PUT, PATCH, DELETE"
_CORS_HEADERS = (
    "Authorization, Content-Type, Idempotency-Key, Last-Event-ID, Range, X-Event-Position"
)
_CORS_EXPOSED_HEADERS = (
    f"{REQUEST_ID_HEADER}, Retry-After, Content-Disposition, Content-Range, X-Event-Position"
)
_CORS_MAX_AGE = "600"


def build_error_middleware(
    shutdown: GracefulShutdown,
) -> Callable[..., Awaitable[web.StreamResponse]]:
    """Build the middleware that gives each request an id and renders every error."""

    @web.middleware
    async def handle_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
        request[_REQUEST_ID_KEY] = request_id = new_id()
        started_at = time.perf_counter()
        accepted = request.headers.get("Accept-Language", "")
        with structlog.contextvars.bound_contextvars(request_id=request_id), speak(accepted):
            try:
                with shutdown.track():
                    response = await handler(request)
            except Exception as error:
                response = _render_error(error, request, request_id)
            _log_response(request, response, time.perf_counter() - started_at)
        return response

    return handle_errors


def _render_error(error: Exception, request: web.Request, request_id: str) -> web.Response:
    """Render an error; re-raise it when the response has started, because no other can follow."""
    if request.get(_RESPONSE_STARTED):
        log.info("api.stream_aborted", path=request.rel_url.raw_path, error=type(error).__name__)
        raise error
    response = render_problem(to_problem(error), request_id)
    if not request.content.is_eof():
        response.force_close()  # do not wait for the rest of the body
    return response


def _log_response(request: web.Request, response: web.StreamResponse, seconds: float) -> None:
    write_log = log.info if response.status >= HTTPStatus.BAD_REQUEST else log.debug
    ms = round(seconds * 1000, 1)
    # Log the path as it was written: decoded, it could contain terminal escapes.
    path, status = request.rel_url.raw_path, response.status
    write_log("api.request", method=request.method, path=path, status=status, ms=ms)


def build_cors_middleware(origins: frozenset[str]) -> Callable[..., Awaitable[web.StreamResponse]]:
    """Build the middleware that answers the CORS preflight requests of these origins."""

    @web.middleware
    async def preflight(request: web.Request, handler: Handler) -> web.StreamResponse:
        is_preflight = "Access-Control-Request-Method" in request.headers
        if (
            request.method != "OPTIONS"
            or not is_preflight
            or _request_origin(request) not in origins
        ):
            return await handler(request)
        headers = {
            "Access-Control-Allow-Methods": _CORS_METHODS,
            "Access-Control-Allow-Headers": _CORS_HEADERS,
            "Access-Control-Max-Age": _CORS_MAX_AGE,
        }
        return web.Response(status=204, headers=headers)

    return preflight


def build_header_signal(origins: frozenset[str]) -> ResponseSignal:
    """Build the signal that sets the headers of every response, streams included."""

    async def set_headers(request: web.Request, response: web.StreamResponse) -> None:
        for name, value in _SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        request[_RESPONSE_STARTED] = True
        response.headers[REQUEST_ID_HEADER] = request.get(_REQUEST_ID_KEY, "")
        if (reader := request.get(READABLE_BY)) is not None:
            response.headers["Access-Control-Allow-Origin"] = reader
        if origins:
            response.headers.add("Vary", "Origin")
        if (origin := _request_origin(request)) in origins:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = _CORS_EXPOSED_HEADERS

    return set_headers


async def hide_server_version(_request: web.Request, response: web.StreamResponse) -> None:
    """Send a Server header without version numbers."""
    response.headers["Server"] = "osmodesk"


def _request_origin(request: web.Request) -> str:
    return request.headers.get("Origin", "")
