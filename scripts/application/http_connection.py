"""A connection on which a request's head has to come soon, and may be no larger than heads are."""

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
    """What is borne of a connection; times in seconds."""

    # Of a request's head: what a proxy's own limits are, roughly.
    head_timeout: float = 15.0
    max_head_bytes: int = 32 * 1024
    # Longer than proxies keep connections for, so that it is they who close them.
    idle_timeout: float = 75.0
    # So long nothing that we say is taken.
    stall_timeout: float = 60.0
    # So long is read on of a body that was refused: whoever sends it should see the answer.
    linger_timeout: float = 2.0


class HttpConnection(web.RequestHandler):
    """What aiohttp makes of a connection, and a clock for heads, which it has none for.

    Without it whoever sends a byte now and then keeps a connection for as long as they like, and a
    megabyte of headers with it. What is malformed is answered as problems are, and neither the
    answer nor the log repeats it: it may be an access token.
    """

    __slots__ = ("_head_size", "_head_timer", "_limits", "_stall_timer")

    def __init__(self, server: web.Server, limits: ConnectionLimits) -> None:
        super().__init__(
            server,
            loop=asyncio.get_running_loop(),
            access_log=None,  # type: ignore[arg-type] # as web.run_app has it: none
            keepalive_timeout=limits.idle_timeout,
            lingering_time=limits.linger_timeout,
            # Nobody need send us anything compressed: what is sent is not unpacked to be refused.
            auto_decompress=False,
        )
        self._limits = limits
        # Bytes of a head that is not whole yet, and what ends the waiting for its rest.
        self._head_size = 0
        self._head_timer: asyncio.TimerHandle | None = None
        # What ends the waiting for a client that takes nothing.
        self._stall_timer: asyncio.TimerHandle | None = None

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        waiter = self._waiter
        if waiter is None or waiter.done():  # a request is handled, or about to be
            if self._head_size:
                self._reset_head_timer()
            return
        if not data:  # aiohttp asks itself whether there is more
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
        # The latter where aiohttp would repeat a header that is no text.
        is_malformed = status == HTTPStatus.BAD_REQUEST or isinstance(exc, UnicodeError)
        if is_malformed:
            error = type(exc).__name__
            log.info("http.malformed", error=error, by=request.remote, request_id=request_id)
        elif not isinstance(exc, Problem):  # a stream that broke off: the API said so
            log.error("http.broken", exc_info=exc, request_id=request_id)
        if request.writer.output_size > 0:
            raise ConnectionError("an answer was begun, and no other can follow")
        problem = (
            BadRequest("this is not HTTP as it should be")
            if is_malformed
            else InternalServerError()
        )
        answer = render_problem(problem, request_id)
        answer.headers["Server"] = "osmodesk"
        answer.force_close()
        return answer

    def log_exception(self, *args: Any, **kw: Any) -> None:
        log.error("http.broken", said=str(args[0]), exc_info=kw.get("exc_info"))

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
        if self.transport.get_write_buffer_size() < left:  # slowly, but it is taken
            self._start_stall_timer()
        else:
            self.transport.abort()

    def _reject(self, words: bytes) -> None:
        self._reset_head_timer()
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.write(words)
        self.force_close()
