"""An HTTP connection that limits the time and the size of a request's head."""

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import structlog
from aiohttp import web

from api.errors.problems import BadRequest, InternalServerError, Problem
from api.errors.rendering import render_problem
from db.ids import new_id

log = structlog.get_logger(__name__)

_CLOSE_HEADERS = b"\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_TOO_SLOW = b"HTTP/1.1 408 Request Timeout" + _CLOSE_HEADERS
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large" + _CLOSE_HEADERS


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """Connection limits; times in seconds."""

    # Limits of a request's head, close to those of common proxies.
    head_timeout: float = 15.0
    max_head_bytes: int = 32 * 1024
    # Longer than proxies keep connections, so that the proxy closes them first.
    idle_timeout: float = 75.0
    # How long a client may read nothing of our answer.
    stall_timeout: float = 60.0
    # How long the body of a rejected request is still read, so that the client sees the answer.
    linger_timeout: float = 2.0


class HttpConnection(web.RequestHandler):
    """An aiohttp connection with a time limit for request heads, which aiohttp lacks.

    Without it a client that sends a byte now and then keeps a connection as long as it likes, with
    a megabyte of headers. A malformed request is answered with a problem document. Neither the
    answer nor the log repeats the request: it may contain an access token.
    """

    __slots__ = ("_head_size", "_head_timer", "_limits", "_stall_timer")

    def __init__(self, server: web.Server, limits: ConnectionLimits) -> None:
        super().__init__(
            server,
            loop=asyncio.get_running_loop(),
            access_log=None,  # type: ignore[arg-type] # as web.run_app has it: none
            keepalive_timeout=limits.idle_timeout,
            lingering_time=limits.linger_timeout,
            # No client needs to compress its requests: a body that is rejected is not unpacked
            # first.
            auto_decompress=False,
        )
        self._limits = limits
        # Bytes of an incomplete head, and the timer that ends the wait for its rest.
        self._head_size = 0
        self._head_timer: asyncio.TimerHandle | None = None
        # The timer that ends the wait for a client that reads nothing.
        self._stall_timer: asyncio.TimerHandle | None = None

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        waiter = self._waiter
        if waiter is None or waiter.done():  # a request is being handled, or about to be
            if self._head_size:
                self._reset_head_timer()
            return
        if not data:  # aiohttp itself asks whether there is more
            return
        self._head_size += len(data)
        if self._head_size > self._limits.max_head_bytes:
            self._reject(_TOO_LARGE)
        elif self._head_timer is None:
            self._head_timer = self._loop.call_later(
                self._limits.head_timeout, self._reject, _TOO_SLOW
            )

    def pause_writing(self) -> None:
        super().pause_writing()
        self._start_stall_timer()

    def resume_writing(self) -> None:
        self._cancel_stall_timer()
        super().resume_writing()

    def connection_lost(self, exc: BaseException | None) -> None:
        self._reset_head_timer()
        self._cancel_stall_timer()
        super().connection_lost(exc)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        request_id = new_id()
        # UnicodeError: aiohttp would repeat a header that is not text.
        is_malformed = status == HTTPStatus.BAD_REQUEST or isinstance(exc, UnicodeError)
        if is_malformed:
            error = type(exc).__name__
            log.info("http.malformed", error=error, by=request.remote, request_id=request_id)
        elif not isinstance(exc, Problem):  # a stream that broke off: the API has logged it
            log.error("http.failed", exc_info=exc, request_id=request_id)
        if request.writer.output_size > 0:
            raise ConnectionError("the response has already started")
        problem = (
            BadRequest("The request is not valid HTTP.") if is_malformed else InternalServerError()
        )
        answer = render_problem(problem, request_id)
        answer.headers["Server"] = "osmodesk"
        answer.force_close()
        return answer

    def log_exception(self, *args: Any, **kw: Any) -> None:
        log.error("http.failed", text=str(args[0]), exc_info=kw.get("exc_info"))

    def _reset_head_timer(self) -> None:
        self._head_size = 0
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _cancel_stall_timer(self) -> None:
        if self._stall_timer is not None:
            self._stall_timer.cancel()
            self._stall_timer = None

    def _start_stall_timer(self) -> None:
        if self.transport is not None:
            left = self.transport.get_write_buffer_size()
            self._stall_timer = self._loop.call_later(
                self._limits.stall_timeout, self._check_progress, left
            )

    def _check_progress(self, left: int) -> None:
        if self.transport is None:
            return
        if self.transport.get_write_buffer_size() < left:  # slow, but the client reads
            self._start_stall_timer()
        else:
            self.transport.abort()

    def _reject(self, words: bytes) -> None:
        self._reset_head_timer()
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.write(words)
        self.force_close()
