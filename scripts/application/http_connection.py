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

_END = b"\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_TOO_SLOW = b"HTTP/1.1 408 Request Timeout" + _END
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large" + _END


@dataclass(frozen=True, slots=True)
class Patience:
    """What is borne of a connection; times in seconds."""

    # Of a request's head: what a proxy's own limits are, roughly.
    head: float = 15.0
    head_bytes: int = 32 * 1024
    # Longer than proxies keep connections for, so that it is they who close them.
    idle: float = 75.0
    # So long nothing that we say is taken.
    stalled: float = 60.0
    # So long is read on of a body that was refused: whoever sends it should see the answer.
    lingering: float = 2.0


class Connection(web.RequestHandler):
    """What aiohttp makes of a connection, and a clock for heads, which it has none for.

    Without it whoever sends a byte now and then keeps a connection for as long as they like, and a
    megabyte of headers with it. What is malformed is answered as problems are, and neither the
    answer nor the log repeats it: it may be an access token.
    """

    __slots__ = ("_clock", "_head", "_patience", "_stall")

    def __init__(self, server: web.Server, patience: Patience) -> None:
        super().__init__(
            server,
            loop=asyncio.get_running_loop(),
            access_log=None,  # type: ignore[arg-type] # as web.run_app has it: none
            keepalive_timeout=patience.idle,
            lingering_time=patience.lingering,
            # Nobody need send us anything compressed: what is sent is not unpacked to be refused.
            auto_decompress=False,
        )
        self._patience = patience
        # Bytes of a head that is not whole yet, and what ends the waiting for its rest.
        self._head = 0
        self._clock: asyncio.TimerHandle | None = None
        # What ends the waiting for a client that takes nothing.
        self._stall: asyncio.TimerHandle | None = None

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        waiter = self._waiter
        if waiter is None or waiter.done():  # a request is handled, or about to be
            if self._head:
                self._head_is_done()
            return
        if not data:  # aiohttp asks itself whether there is more
            return
        self._head += len(data)
        if self._head > self._patience.head_bytes:
            self._turn_away(_TOO_LARGE)
        elif self._clock is None:
            self._clock = self._loop.call_later(self._patience.head, self._turn_away, _TOO_SLOW)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._wait_for_it_to_be_taken()

    def resume_writing(self) -> None:
        self._is_taken()
        super().resume_writing()

    def connection_lost(self, exc: BaseException | None) -> None:
        self._head_is_done()
        self._is_taken()
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

    def _head_is_done(self) -> None:
        self._head = 0
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _is_taken(self) -> None:
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None

    def _wait_for_it_to_be_taken(self) -> None:
        if self.transport is not None:
            left = self.transport.get_write_buffer_size()
            self._stall = self._loop.call_later(self._patience.stalled, self._look_again, left)

    def _look_again(self, left: int) -> None:
        if self.transport is None:
            return
        if self.transport.get_write_buffer_size() < left:  # slowly, but it is taken
            self._wait_for_it_to_be_taken()
        else:
            self.transport.abort()

    def _turn_away(self, words: bytes) -> None:
        self._head_is_done()
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.write(words)
        self.force_close()
