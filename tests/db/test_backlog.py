"""With 100,000 rows waiting, as many done and as many idle lanes, a turn reads a bounded few."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.ids import ChannelId, new_id
from db.queues import inbox, lanes, outbox
from db.tables import Queue
from db.tables.base import now_utc

NOW = now_utc()
HOUR = timedelta(hours=1)
LANES_AT_ONCE, ROWS_PER_LANE = 64, 10
QUEUES = (Queue.CUSTOMER, Queue.STAFF, Queue.BACKGROUND)
# A turn reads each of its rows a few times: to know it, to mark it, to settle it.
MOST_READ = 6 * LANES_AT_ONCE * ROWS_PER_LANE
# Instructions of SQLite's machine to a row read, generously.
STEPS_A_ROW = 200
Turn = Callable[[AsyncSession], Awaitable[Any]]

# The numbers from 0 to 99,999, on both engines.
_DIGITS = "SELECT 0 AS n" + "".join(f" UNION ALL SELECT {n}" for n in range(1, 10))
_NUMBERS = "SELECT a.n + 10 * b.n + 100 * c.n + 1000 * d.n + 10000 * e.n AS n FROM " + ", ".join(
    f"({_DIGITS}) {name}" for name in "abcde"
)
# 80,000 rows over 1,000 lanes, 20,000 in one.
_LANE = "CASE WHEN n < 20000 THEN 'fat' ELSE CAST(n % 1000 AS CHAR) END"


async def fill(database: Database, channel_id: ChannelId) -> None:
    """Put 100,000 rows that wait behind 100,000 that are done, and as many lanes that are idle."""
    concat = "{0} || {1}" if database.is_sqlite else "CONCAT({0}, {1})"
    key, lane = concat.format("'p'", "n"), concat.format("'staff:'", _LANE)
    bound = {"channel": channel_id, "past": (NOW - HOUR).replace(tzinfo=None)}
    statements = [
        f"INSERT INTO inbox (channel_id, provider_id, lane, payload, state, attempts, due_at,"
        f" received_at) SELECT :channel, {concat.format(repr(state), 'n')}, {lane}, '', '{state}',"
        f" 0, :past, :past FROM ({_NUMBERS}) numbers"
        for state in ("done", "pending")
    ]
    statements += [
        f"INSERT INTO outbox (channel_id, lane, kind, payload, state, attempts, due_at, created_at)"
        f" SELECT :channel, {lane}, 'copy', '{{}}', '{state}', 0, :past, :past"
        f" FROM ({_NUMBERS}) numbers"
        for state in ("done", "pending")
    ]
    for queue in (Queue.INBOX, *QUEUES):
        statements.append(
            f"INSERT INTO lanes (queue, lane, gate) SELECT '{queue}', {key}, ''"
            f" FROM ({_NUMBERS}) numbers WHERE n < 50000"
        )
    for queue in (Queue.INBOX, Queue.STAFF):
        statements.append(
            f"INSERT INTO lanes (queue, lane, gate, due_at) SELECT DISTINCT '{queue}', lane,"
            f" 'group:1:-1', :past FROM {'inbox' if queue is Queue.INBOX else 'outbox'}"
        )
    async with database.transaction() as tx:
        for statement in statements:
            used = {name: bound[name] for name in bound if f":{name}" in statement}
            await tx.execute(text(statement), used)


async def rows_read(database: Database, turn: Turn) -> float:
    """Count the rows that a turn reads; on SQLite what it computes stands for them."""
    async with database.transaction() as tx:
        if not database.is_sqlite:
            before = await handler_reads(tx)
            await turn(tx)
            return await handler_reads(tx) - before
        connection = await (await tx.connection()).get_raw_connection()
        raw = connection.driver_connection._conn
        ticks = [0]

        def tick() -> int:
            ticks[0] += 1
            return 0

        raw.set_progress_handler(tick, STEPS_A_ROW)
        await turn(tx)
        raw.set_progress_handler(None, 0)
        return ticks[0]


async def handler_reads(tx: AsyncSession) -> int:
    found = await tx.execute(text("SHOW SESSION STATUS LIKE 'Handler_read%'"))
    return sum(int(row[1]) for row in found)


async def receive(tx: AsyncSession) -> None:
    """One turn of the worker, as far as the queues go."""
    due = await lanes.due_lanes(tx, Queue.INBOX, NOW, most=LANES_AT_ONCE)
    names = sorted({lane.lane for lane in due} | {"staff:fat"})
    rows = await inbox.oldest(tx, names, ROWS_PER_LANE)
    assert [len(found) for found in rows.values()] == [ROWS_PER_LANE] * len(names)
    await inbox.settle(tx, [row.id for found in rows.values() for row in found], NOW)
    await lanes.set_due(tx, Queue.INBOX, names, NOW)
    await lanes.next_due(tx, [Queue.INBOX])


async def deliver(tx: AsyncSession) -> None:
    """One turn of the courier, as far as the queues go."""
    token = new_id()
    await lanes.take_back(tx, NOW)
    due = await lanes.due_lanes(tx, Queue.STAFF, NOW, most=LANES_AT_ONCE)
    names = sorted({lane.lane for lane in due} | {"staff:fat"})
    rows = await outbox.oldest(tx, names, ROWS_PER_LANE)
    assert [len(found) for found in rows.values()] == [ROWS_PER_LANE] * len(names)
    ids = [row.id for found in rows.values() for row in found]
    await lanes.lease(tx, Queue.STAFF, names, token=token, until=NOW + HOUR)
    await outbox.mark_sending(tx, ids)
    await lanes.renew(tx, [token], NOW + HOUR)
    await outbox.settle(tx, ids, NOW)
    await lanes.release(tx, Queue.STAFF, token, dict.fromkeys(names, NOW))
    await lanes.next_due(tx, QUEUES)


async def start(tx: AsyncSession) -> None:
    await lanes.take_back(tx, NOW, all_of_them=True)


async def test_a_turn_reads_a_bounded_number_of_rows(
    database: Database, channel_id: ChannelId
) -> None:
    await fill(database, channel_id)
    read = {turn.__name__: await rows_read(database, turn) for turn in (receive, deliver, start)}
    assert {name: many for name, many in read.items() if many > MOST_READ} == {}, read
