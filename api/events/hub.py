"""The hub reads new events once for all streams of this process.

It reads nothing while there are no subscribers. Each row is read once and rendered once for each
level of visibility. A stream that reconnects reads what it missed by itself, then joins the hub at
its current cursor.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import structlog

from api.errors.problems import ServiceUnavailable, TooManyRequests
from api.events.rendering import Frame, render_presence
from api.events.subscriber import EventScope, Subscriber
from db.database import Database, Transaction
from db.errors import DATABASE_ERRORS, describe_error
from db.ids import UserId
from db.queries.accounts.callers import CallerRow, find_callers
from db.queries.events.events import EventLogRow
from db.tables.base import now_utc
from desk.cluster.wake import Signal
from desk.live.cursor import EventCursor
from desk.live.details import EventDetails, load_details
from desk.live.presence import Presence
from desk.live.reader import EventReader, is_full, read_between, read_current_cursor

log = structlog.get_logger(__name__)

# Rows in one batch; events that come this close together are sent together.
_BATCH_SIZE = 100
_BATCH_SECONDS = 0.02
_IDLE_SECONDS = 0.5
# How often to check whether the subscribers are still logged in.
_LOG_IN_CHECK_SECONDS = 2.0
_MAX_SUBSCRIBERS, _MAX_PER_USER = 4000, 20
_CATCH_UP_SECONDS = 5.0

EventBatch = list[tuple[EventLogRow, list[EventDetails | None]]]


class Hub:
    """All open streams of a process."""

    def __init__(self, database: Database, signal: Signal) -> None:
        """`signal` wakes the hub when there are new events."""
        self._database = database
        self._signal = signal
        self._subscribers: set[Subscriber] = set()
        self._joined: dict[EventScope, set[Subscriber]] = {}
        self._subscribers_per_user: Counter[UserId] = Counter()
        self._reader: EventReader | None = None
        # Polls of the event log that were started and finished.
        self._polls_started = self._polls_finished = 0
        self._poll_finished = asyncio.Condition()
        self._has_subscribers = asyncio.Event()
        self._stopped = False
        self._log_ins_checked_at = 0.0

    # For streams

    @contextmanager
    def register(self, subscriber: Subscriber) -> Iterator[None]:
        """Take a seat until the block ends; raises TooManyRequests or Unavailable."""
        user_id = subscriber.caller.user_id
        if self._stopped or len(self._subscribers) >= _MAX_SUBSCRIBERS:
            raise ServiceUnavailable("this process has no room for more event streams now", after=5)
        if self._subscribers_per_user[user_id] >= _MAX_PER_USER:
            raise TooManyRequests(f"the limit is {_MAX_PER_USER} event streams per user", after=5)
        self._subscribers.add(subscriber)
        self._subscribers_per_user[user_id] += 1
        self._has_subscribers.set()
        try:
            yield
        finally:
            self._unregister(subscriber)

    async def catch_up(self) -> EventCursor:
        """Return the hub's cursor after it has read all current events; raises TimeoutError."""
        next_look = self._polls_started + 1
        self._signal.notify()
        async with asyncio.timeout(_CATCH_UP_SECONDS), self._poll_finished:
            await self._poll_finished.wait_for(lambda: self._polls_finished >= next_look)
        return self._current_cursor()

    async def read_missed(
        self, tx: Transaction, after: EventCursor
    ) -> tuple[EventCursor, EventBatch]:
        """Read a batch of the events that were sent here since `after`; the cursor is its end."""
        until = self._current_cursor()
        rows = await read_between(tx, after, until, most=_BATCH_SIZE)
        return until, list(zip(rows, await load_details(tx, rows, now_utc()), strict=True))

    def join(self, subscriber: Subscriber, at: EventCursor, until: EventCursor) -> bool:
        """Let a subscriber receive new events; False when the hub has moved past `until`."""
        here = self._current_cursor()
        if here is not until:
            return False
        subscriber.ahead_at = None if here.covers(at) else at
        self._joined.setdefault(subscriber.scope, set()).add(subscriber)
        return True

    def broadcast_presence(self, presence: Presence, at: datetime) -> None:
        """Send where an agent is to the streams that may know it; it is not in the event log."""
        chunk = render_presence(presence, at)
        for scope, subscribers in self._joined.items():
            if scope.may_know(presence):
                for subscriber in subscribers:
                    subscriber.put(chunk)

    def _current_cursor(self) -> EventCursor:
        return EventCursor() if self._reader is None else self._reader.cursor

    def _unregister(self, subscriber: Subscriber) -> None:
        self._subscribers.discard(subscriber)
        self._subscribers_per_user[subscriber.caller.user_id] -= 1
        if not self._subscribers_per_user[subscriber.caller.user_id]:
            del self._subscribers_per_user[subscriber.caller.user_id]
        there = self._joined.get(subscriber.scope, set())
        there.discard(subscriber)
        if not there:
            self._joined.pop(subscriber.scope, None)

    # For the process

    def stop(self) -> None:
        """End all streams and accept no new ones."""
        self._stopped = True
        for subscriber in self._subscribers:
            subscriber.end("shutdown")

    async def run(self) -> None:
        """Broadcast new events to all streams until cancelled."""
        while True:
            await self._has_subscribers.wait()
            try:
                more = await self._poll()
            except DATABASE_ERRORS as error:
                log.warning("events.database_unavailable", error=describe_error(error))
                more = False
                await asyncio.sleep(_IDLE_SECONDS)
            if self._subscribers:
                await asyncio.sleep(_BATCH_SECONDS)
                if not more:
                    await self._signal.sleep(_IDLE_SECONDS)
            else:
                self._pause_reading()

    def _pause_reading(self) -> None:
        self._reader = None
        self._has_subscribers.clear()

    async def _poll(self) -> bool:
        self._polls_started += 1
        look = self._polls_started
        more = await self._read_and_broadcast()
        if not more:
            async with self._poll_finished:
                self._polls_finished = look
                self._poll_finished.notify_all()
        return more

    async def _read_and_broadcast(self) -> bool:
        """Read and broadcast the events since the last time; return whether there are more."""
        if time.monotonic() - self._log_ins_checked_at > _LOG_IN_CHECK_SECONDS:
            await self._check_log_ins()
        if self._reader is None:
            self._reader = EventReader(await self._database.run(read_current_cursor))
        reader = self._reader

        async def look(tx: Transaction) -> EventBatch:
            rows = await reader.read_next(tx, most=_BATCH_SIZE)
            return list(zip(rows, await load_details(tx, rows, now_utc()), strict=True))

        read = await self._database.run(look)
        if read:
            self._broadcast(reader, read)
        reader.advance(())
        return is_full([row for row, _ in read], _BATCH_SIZE)

    def _broadcast(self, reader: EventReader, read: EventBatch) -> None:
        frames = build_frames(read, reader.cursor)
        reader.advance([row for row, _ in read])
        for scope, subscribers in self._joined.items():
            chunk = scope.render(frames)
            for subscriber in subscribers:
                if subscriber.ahead_at is not None:
                    _send_to_subscriber_ahead(subscriber, subscriber.ahead_at, read, reader.cursor)
                elif chunk:
                    subscriber.put(chunk)

    async def _check_log_ins(self) -> None:
        """End the streams of users who logged out, were disabled, or whose rights changed."""
        self._log_ins_checked_at = time.monotonic()
        subscribers = list(self._subscribers)  # later ones were checked when they registered
        log_ins = sorted({subscriber.caller.log_in for subscriber in subscribers})
        if not log_ins:
            return
        found = await self._database.run(lambda tx: find_callers(tx, log_ins))
        for subscriber in subscribers:
            if subscriber.is_gone():
                subscriber.end("gone")
            elif not _has_same_access(subscriber, found.get(subscriber.caller.log_in)):
                subscriber.end("ended")


def build_frames(read: EventBatch, position: EventCursor) -> list[Frame]:
    """Build the frames of a batch for a subscriber whose cursor is at `position`."""
    frames = []
    for row, events in read:
        first, last = position.count_sent(row.id), len(events)
        for number, each in enumerate(events, start=1):
            if number <= first or each is None:
                continue
            place = position.advance_past(row.id, None if number == last else number)
            frame = Frame(each, str(place))
            if _can_render(frame):
                frames.append(frame)
        position = position.advance_past(row.id)
    return frames


def _can_render(frame: Frame) -> bool:
    try:
        return bool(frame.body)
    except Exception:  # a bug in one event must not stop the others
        log.exception("events.render_failed", kind=frame.event.kind, about=frame.event.about)
        return False


def _send_to_subscriber_ahead(
    subscriber: Subscriber, ahead: EventCursor, read: EventBatch, here: EventCursor
) -> None:
    """Send only the events that the subscriber has not received from another process."""
    news = [(row, events) for row, events in read if not ahead.has_passed(row.id)]
    if chunk := subscriber.scope.render(build_frames(news, ahead)):
        subscriber.put(chunk)
    for row, _ in news:
        ahead = ahead.advance_past(row.id)
    subscriber.ahead_at = None if here.covers(ahead) else ahead


def _has_same_access(subscriber: Subscriber, row: CallerRow | None) -> bool:
    caller = subscriber.caller
    return (
        row is not None
        and row.token_version == caller.version
        and row.role is caller.role
        and row.agent_id == caller.agent_id
        and row.must_enrol == caller.must_enrol
        and row.expires_at > now_utc()
    )
