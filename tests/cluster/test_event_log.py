"""The event log with many writers at once: a reader misses nothing and sees nothing twice."""

import asyncio
import random
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.ids import SessionId
from db.queries.events import events
from db.queries.events.events import EventLogRow, EventRecord
from db.tables import EventKind
from db.tables.base import now_utc
from desk.live.cursor import EventCursor
from desk.live.reader import EventReader, is_lost, read_between, read_current_cursor
from tests.cluster.conftest import Opener
from tests.flows.eventually import eventually

WRITERS, EACH = 6, 40


class UndoneError(Exception):
    """Makes a transaction roll back."""


@dataclass
class Writer:
    """Commits its own events one after the other, each after its own delay."""

    name: int
    database: Database
    kept: list[str] = field(default_factory=list)

    async def run(self) -> None:
        chance = random.Random(self.name)  # noqa: S311 no secret
        for number in range(EACH):
            token = f"{self.name}.{number}"
            try:
                async with self.database.transaction() as tx:
                    await write(tx, token)
                    await asyncio.sleep(chance.choice([0, 0, 0.001, 0.01, 0.05]))
                    if chance.random() < 0.1:
                        raise UndoneError
                self.kept.append(token)
            except UndoneError:
                pass


async def write(tx: AsyncSession, *tokens: str) -> None:
    happened = [EventRecord(EventKind.MESSAGE_NEW, SessionId("s"), token) for token in tokens]
    await events.add_to_log(tx, happened, now_utc())


def tokens_of(rows: list[EventLogRow]) -> list[str]:
    return [each.about or "" for row in rows for each in row.records]


async def test_many_writers_and_a_reader_who_comes_back_again_and_again(another: Opener) -> None:
    writers = [Writer(number, another()) for number in range(WRITERS)]
    database, told = another(), []
    position = await database.run(read_current_cursor)
    writing = asyncio.gather(*(each.run() for each in writers))
    reconnects = 0

    async def look() -> list[str]:
        """Read once more from the last id only, as a client does after a lost connection."""
        nonlocal position, reconnects
        reader = EventReader(EventCursor.parse(str(position)))
        rows = await database.run(lambda tx: reader.read_next(tx, most=7))
        reader.advance(rows)
        position, reconnects = reader.cursor, reconnects + 1
        return tokens_of(rows)

    while not writing.done():
        told += await look()
    await writing
    while found := await look():
        told += found
    kept = [token for each in writers for token in each.kept]
    assert len(told) == len(set(told)), "none twice"
    assert set(told) == set(kept), "none lost"
    for each in writers:
        assert [token for token in told if token in set(each.kept)] == each.kept, "in order"
    assert reconnects > 20


async def test_who_moves_between_two_processes_is_told_each_once(another: Opener) -> None:
    """The readers of the processes are at different places; the client brings its own cursor."""
    writers = [Writer(number, another()) for number in range(WRITERS)]
    databases = [another(), another()]
    readers = [EventReader(await databases[0].run(read_current_cursor)) for _ in databases]
    mine, told = readers[0].cursor, []
    chance = random.Random(7)  # noqa: S311 no secret
    writing = asyncio.gather(*(each.run() for each in writers))

    async def visit(at: int, most: int) -> None:
        nonlocal mine
        database, reader = databases[at], readers[at]
        reader.advance(await database.run(lambda tx: reader.read_next(tx, most=most)))
        until, after = reader.cursor, mine
        rows = await database.run(lambda tx: read_between(tx, after, until, most=5))
        for row in rows:
            mine = mine.advance_past(row.id)
        told.extend(tokens_of(rows))

    while not writing.done():
        await visit(chance.randrange(2), most=chance.randrange(1, 9))
    await writing

    async def all_told() -> bool:
        await visit(chance.randrange(2), most=50)
        return len(told) >= sum(len(each.kept) for each in writers)

    await eventually(all_told, "everything is told")
    assert sorted(told) == sorted(token for each in writers for token in each.kept)


async def write_first(database: Database) -> EventCursor:
    """Write a row and return the cursor after it: row numbers go on from earlier tests."""
    async with database.transaction() as tx:
        await write(tx, "first")
        [newest] = await events.list_newest_ids(tx, 1)
    return EventCursor(newest)


async def test_what_is_committed_late_comes_late_and_not_never(another: Opener) -> None:
    database, slow = another(), another()
    start = await write_first(database)
    async with slow.transaction() as tx:
        await write(tx, "late")
        async with database.transaction() as other:
            await write(other, "early")
        reader = EventReader(start)
        rows = await database.run(lambda tx: reader.read_next(tx, most=9))
        reader.advance(rows)
        assert tokens_of(rows) == ["early"]
        assert str(reader.cursor) == f"{rows[0].id}-{rows[0].id - 1}"
        # A reader that starts now must still get the late row.
        begins = await database.run(read_current_cursor)
        assert not begins.has_passed(rows[0].id - 1)
    rows = await database.run(lambda tx: reader.read_next(tx, most=9))
    reader.advance(rows)
    assert tokens_of(rows) == ["late"]
    assert reader.cursor.pending == {}


async def test_an_undone_row_is_not_waited_for_for_ever(another: Opener) -> None:
    database, now = another(), [0.0]
    start = await write_first(database)
    for token in ("a", "undone", "b"):
        try:
            async with database.transaction() as tx:
                await write(tx, token)
                if token == "undone":
                    raise UndoneError
        except UndoneError:
            pass
    reader = EventReader(start, missing_row_timeout=100, clock=lambda: now[0])
    reader.advance(await database.run(lambda tx: reader.read_next(tx, most=9)))
    assert len(reader.cursor.pending) == 1
    now[0] = 99.0
    reader.advance([])
    assert len(reader.cursor.pending) == 1
    now[0] = 101.0
    reader.advance([])
    assert reader.cursor.pending == {}


async def test_a_position_whose_events_are_gone_is_known_as_such(another: Opener) -> None:
    database = another()
    assert not await database.run(lambda tx: is_lost(tx, EventCursor(0)))
    assert await database.run(lambda tx: is_lost(tx, EventCursor(3)))
    first = (await write_first(database)).top
    for token in "abc":
        async with database.transaction() as tx:
            await write(tx, token)
    async with database.transaction() as tx:
        await tx.execute(events.events.delete().where(events.events.c.id < first + 2))

    async def lost(top: int) -> bool:
        return await database.run(lambda tx: is_lost(tx, EventCursor(top)))

    assert not await lost(0)
    expected = [True, False, False, False, True, True]
    assert [await lost(first + number) for number in range(6)] == expected
