"""The hub: reads what happens once for all streams of this process, and gives it to each.

It reads nothing while nobody listens. Each row is read once and rendered once for all who are told
as much of it; a stream that comes back catches up by itself and joins where the hub stands.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors.problems import TooManyRequests, Unavailable
from api.events.rendering import Frame
from api.events.subscriber import Audience, Seat
from db.database import Database
from db.errors import DATABASE_ERRORS, describe_error
from db.ids import UserId
from db.queries.accounts.callers import CallerRow, find_callers
from db.queries.events.events import EventLogRow
from db.tables.base import now_utc
from desk.cluster.wake import Signal
from desk.live.cursor import EventCursor
from desk.live.details import EventDetails, load_details
from desk.live.reader import EventReader, is_full, read_between, read_current_cursor

log = structlog.get_logger(__name__)

# Rows at once; events that come so close together travel as one.
_ROWS = 100
_GATHER = 0.02
_IDLE = 0.5
# How often it is looked whether the listeners are still logged in.
_CHECK_EVERY = 2.0
_MOST_SEATS, _MOST_OF_A_USER = 4000, 20
_PATIENCE = 5.0

Read = list[tuple[EventLogRow, list[EventDetails | None]]]


class Hub:
    """Every open stream of a process."""

    def __init__(self, database: Database, signal: Signal) -> None:
        """`wake` is rung when something happened."""
        self._database = database
        self._wake = signal
        self._seats: set[Seat] = set()
        self._joined: dict[Audience, set[Seat]] = {}
        self._of_users: Counter[UserId] = Counter()
        self._reader: EventReader | None = None
        # Looks at the log that were begun, and that came to their end.
        self._begun = self._done = 0
        self._looked = asyncio.Condition()
        self._somebody = asyncio.Event()
        self._stopped = False
        self._checked = 0.0

    # For streams

    @contextmanager
    def taken(self, seat: Seat) -> Iterator[None]:
        """Take a seat until the block ends; raises TooManyRequests or Unavailable."""
        user_id = seat.caller.user_id
        if self._stopped or len(self._seats) >= _MOST_SEATS:
            raise Unavailable("no more event streams here just now", after=5)
        if self._of_users[user_id] >= _MOST_OF_A_USER:
            raise TooManyRequests(f"{_MOST_OF_A_USER} event streams at once are enough", after=5)
        self._seats.add(seat)
        self._of_users[user_id] += 1
        self._somebody.set()
        try:
            yield
        finally:
            self._leave(seat)

    async def position(self) -> EventCursor:
        """Tell where the hub stands once it has read all that is there now; raises TimeoutError."""
        next_look = self._begun + 1
        self._wake.notify()
        async with asyncio.timeout(_PATIENCE), self._looked:
            await self._looked.wait_for(lambda: self._done >= next_look)
        return self._here()

    async def missed(self, tx: AsyncSession, after: EventCursor) -> tuple[EventCursor, Read]:
        """Read some of what was told here since `after`; the position says up to where."""
        until = self._here()
        rows = await read_between(tx, after, until, most=_ROWS)
        return until, list(zip(rows, await load_details(tx, rows, now_utc()), strict=True))

    def join(self, seat: Seat, at: EventCursor, until: EventCursor) -> bool:
        """Have a seat told what comes, if nothing came since the hub stood at `until`."""
        here = self._here()
        if here is not until:
            return False
        seat.ahead = None if here.covers(at) else at
        self._joined.setdefault(seat.audience, set()).add(seat)
        return True

    def _here(self) -> EventCursor:
        return EventCursor() if self._reader is None else self._reader.cursor

    def _leave(self, seat: Seat) -> None:
        self._seats.discard(seat)
        self._of_users[seat.caller.user_id] -= 1
        if not self._of_users[seat.caller.user_id]:
            del self._of_users[seat.caller.user_id]
        there = self._joined.get(seat.audience, set())
        there.discard(seat)
        if not there:
            self._joined.pop(seat.audience, None)

    # For the process

    def stop(self) -> None:
        """End every stream; there will be no more."""
        self._stopped = True
        for seat in self._seats:
            seat.end("shutdown")

    async def run(self) -> None:
        """Tell every stream what happens, until cancelled."""
        while True:
            await self._somebody.wait()
            try:
                more = await self._look()
            except DATABASE_ERRORS as error:
                log.warning("events.database_away", error=describe_error(error))
                more = False
                await asyncio.sleep(_IDLE)
            if self._seats:
                await asyncio.sleep(_GATHER)
                if not more:
                    await self._wake.sleep(_IDLE)
            else:
                self._rest()

    def _rest(self) -> None:
        self._reader = None
        self._somebody.clear()

    async def _look(self) -> bool:
        self._begun += 1
        look = self._begun
        more = await self._turn()
        if not more:
            async with self._looked:
                self._done = look
                self._looked.notify_all()
        return more

    async def _turn(self) -> bool:
        """Tell what happened since the last time; returns whether there is more."""
        if time.monotonic() - self._checked > _CHECK_EVERY:
            await self._check_log_ins()
        if self._reader is None:
            self._reader = EventReader(await self._database.run(read_current_cursor))
        reader = self._reader

        async def look(tx: AsyncSession) -> Read:
            rows = await reader.read_next(tx, most=_ROWS)
            return list(zip(rows, await load_details(tx, rows, now_utc()), strict=True))

        read = await self._database.run(look)
        if read:
            self._tell(reader, read)
        reader.advance(())
        return is_full([row for row, _ in read], _ROWS)

    def _tell(self, reader: EventReader, read: Read) -> None:
        frames = frames_of(read, reader.cursor)
        reader.advance([row for row, _ in read])
        for audience, seats in self._joined.items():
            chunk = audience.chunk(frames)
            for seat in seats:
                if seat.ahead is not None:
                    _tell_who_is_ahead(seat, seat.ahead, read, reader.cursor)
                elif chunk:
                    seat.put(chunk)

    async def _check_log_ins(self) -> None:
        """End the streams of those who logged out, were disabled, or have other rights now."""
        self._checked = time.monotonic()
        seats = list(self._seats)  # who comes in the meantime was looked at just now
        log_ins = sorted({seat.caller.log_in for seat in seats})
        if not log_ins:
            return
        found = await self._database.run(lambda tx: find_callers(tx, log_ins))
        for seat in seats:
            if seat.is_gone():
                seat.end("gone")
            elif not _is_as_before(seat, found.get(seat.caller.log_in)):
                seat.end("ended")


def frames_of(read: Read, position: EventCursor) -> list[Frame]:
    """Give what was read as it is told to somebody who stands at `position`."""
    frames = []
    for row, told in read:
        first, last = position.count_sent(row.id), len(told)
        for number, each in enumerate(told, start=1):
            if number <= first or each is None:
                continue
            place = position.after(row.id, None if number == last else number)
            frame = Frame(each, str(place))
            if _can_be_told(frame):
                frames.append(frame)
        position = position.after(row.id)
    return frames


def _can_be_told(frame: Frame) -> bool:
    try:
        return bool(frame.body)
    except Exception:  # a fault of ours in one must not stop the others
        log.exception("events.cannot_tell", kind=frame.told.kind, about=frame.told.about)
        return False


def _tell_who_is_ahead(seat: Seat, ahead: EventCursor, read: Read, here: EventCursor) -> None:
    """Tell somebody who was told of some of this elsewhere."""
    news = [(row, told) for row, told in read if not ahead.has_passed(row.id)]
    if chunk := seat.audience.chunk(frames_of(news, ahead)):
        seat.put(chunk)
    for row, _ in news:
        ahead = ahead.after(row.id)
    seat.ahead = None if here.covers(ahead) else ahead


def _is_as_before(seat: Seat, row: CallerRow | None) -> bool:
    caller = seat.caller
    return (
        row is not None
        and row.token_version == caller.version
        and row.role is caller.role
        and row.agent_id == caller.agent_id
        and row.must_enrol == caller.must_enrol
        and row.expires_at > now_utc()
    )
