"""The event stream: server-sent events that a client can resume after it lost the connection."""

import asyncio
from functools import partial

from aiohttp import web

from api.access.caller import Caller
from api.access.permissions import require_visible
from api.errors.problems import BadRequest, NotFound
from api.events.hub import EventBatch, Hub, build_frames
from api.events.models import EventQuery
from api.events.rendering import render_control_event, render_sse
from api.events.subscriber import Subscriber
from api.routing.transactions import Transactions
from db.ids import ChannelId, SessionId
from db.queries.conversations.session_rows import find_session
from db.tables import SessionStatus
from db.tables.base import now_utc
from desk.live.cursor import EventCursor
from desk.live.reader import is_lost
from desk.unit_of_work import UnitOfWork

_HEARTBEAT_SECONDS = 15.0
_RETRY_MS = 2000
# A client that accepts nothing for this long is gone.
_WRITE_TIMEOUT_SECONDS = 10.0
_HEADERS = {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-store, no-transform",
    # nginx would buffer events otherwise.
    "X-Accel-Buffering": "no",
}


async def stream_events(
    request: web.Request, caller: Caller, query: EventQuery, transactions: Transactions, hub: Hub
) -> web.StreamResponse:
    """Stream the events that the caller may see, live, as server-sent events.

    The stream begins with the events after `Last-Event-ID`, if that is given. Then comes `ready`,
    then new events. `resync` means that the events after that id are no longer stored: read the
    lists again. The stream ends with `end` when the access token expires or the log-in ends.
    """
    after = _read_cursor(request, query)
    if query.session is not None:
        await transactions.run(
            lambda uow: _require_visible_session(uow, caller, SessionId(query.session or ""))
        )
    subscriber = Subscriber(
        caller,
        channel=None if query.channel is None else ChannelId(query.channel),
        session=None if query.session is None else SessionId(query.session),
        abort=lambda: _abort_connection(request),
        is_gone=lambda: request.transport is None or request.transport.is_closing(),
    )
    with hub.register(subscriber):
        here = await hub.catch_up()
        response = web.StreamResponse(headers=_HEADERS)
        await response.prepare(request)
        stream = _Stream(response, subscriber, hub, transactions)
        try:
            await stream.run(here, after)
        except ConnectionError:
            pass  # the client is gone
        except TimeoutError:
            _abort_connection(request)  # nothing more would arrive
    return response


class _Stream:
    """One response, from its first line to its last."""

    def __init__(
        self,
        response: web.StreamResponse,
        subscriber: Subscriber,
        hub: Hub,
        transactions: Transactions,
    ) -> None:
        self._response, self._subscriber, self._hub, self._transactions = (
            response,
            subscriber,
            hub,
            transactions,
        )

    async def run(self, here: EventCursor, after: EventCursor | None) -> None:
        """Send until the end; raises ConnectionError or TimeoutError when the client is gone."""
        await self._send(b"retry: %d\n\n" % _RETRY_MS)
        await self._replay_missed(here if after is None else await self._resolve_start(here, after))
        while self._subscriber.end_reason is None:
            left = (self._subscriber.caller.until - now_utc()).total_seconds()
            if left <= 0:
                self._subscriber.end("expired")
                break
            chunk = await self._subscriber.next(min(_HEARTBEAT_SECONDS, left))
            if self._subscriber.end_reason is None and left > 0:
                await self._send(chunk or b": still here\n\n")
        await self._send_control_event("end", reason=self._subscriber.end_reason)

    async def _resolve_start(self, here: EventCursor, after: EventCursor) -> EventCursor:
        """Return the cursor to resume from: `here` when the events after `after` were removed."""
        if not await self._transactions.run(lambda uow: is_lost(uow.tx, after)):
            return after
        await self._send_control_event("resync", at_position=str(here))
        return here

    async def _replay_missed(self, at: EventCursor) -> None:
        """Send the missed events, then join the hub."""
        while self._subscriber.end_reason is None:
            until, read = await self._transactions.run(partial(self._read_missed, at=at))
            if not read and self._hub.join(self._subscriber, at, until):
                break
            if chunk := self._subscriber.scope.render(build_frames(read, at)):
                await self._send(chunk)
            for row, _ in read:
                at = at.advance_past(row.id)
        await self._send_control_event("ready", at_position=str(at))

    async def _read_missed(
        self, uow: UnitOfWork, *, at: EventCursor
    ) -> tuple[EventCursor, EventBatch]:
        return await self._hub.read_missed(uow.tx, at)

    async def _send_control_event(
        self, kind: str, *, at_position: str | None = None, **more: object
    ) -> None:
        await self._send(
            render_sse(kind, render_control_event(kind, at=now_utc(), **more), at_position)
        )

    async def _send(self, chunk: bytes) -> None:
        async with asyncio.timeout(_WRITE_TIMEOUT_SECONDS):
            await self._response.write(chunk)


def _read_cursor(request: web.Request, query: EventQuery) -> EventCursor | None:
    given = request.headers.get("Last-Event-ID") or query.after
    if given is None:
        return None
    try:
        return EventCursor.parse(given)
    except ValueError:
        raise BadRequest("Last-Event-ID is not the id of an event") from None


async def _require_visible_session(uow: UnitOfWork, caller: Caller, session_id: SessionId) -> None:
    row = await find_session(uow.tx, session_id)
    if row is None:
        raise NotFound
    require_visible(caller, holder=row.human_holder, is_open=row.status is SessionStatus.ACTIVE)


def _abort_connection(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
