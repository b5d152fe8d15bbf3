"""A turn reads a bounded number of rows, even with 100,000 waiting, done and idle ones."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.ids import ChannelId, new_id
from db.queues import inbox, lanes, outbox
from db.tables import Queue
from db.tables.base import now_utc
from db.types import UtcDateTime

NOW = now_utc()
HOUR = timedelta(hours=1)
RATE_LIMIT_KEY = "group-1"
LANES_AT_ONCE, ROWS_PER_LANE = 64, 10
QUEUES = (Queue.CUSTOMER, Queue.STAFF, Queue.BACKGROUND)
# A turn reads each of its rows a few times: to find it, to mark it, to settle it.
MOST_READ = 6 * LANES_AT_ONCE * ROWS_PER_LANE
# A generous number of SQLite VM instructions for each row read.
STEPS_A_ROW = 200
Turn = Callable[[AsyncSession], Awaitable[Any]]

# The numbers from 0 to 99,999, on both engines.
_DIGITS = "SELECT 0 AS n" + "".join(f" UNION ALL SELECT {n}" for n in range(1, 10))
_TABLES = ", ".join(f"({_DIGITS}) {name}" for name in "abcde")
_NUMBERS = f"(SELECT a.n + 10 * b.n + 100 * c.n + 1000 * d.n + 10000 * e.n AS n FROM {_TABLES}) x"  # noqa: S608 nothing from outside
# 80,000 rows over 1,000 lanes, 20,000 in one.
_LANE = "CASE WHEN n < 20000 THEN 'fat' ELSE CAST(n % 1000 AS CHAR) END"
INBOX = (
    "INSERT INTO inbox"
    " (channel_id, provider_id, lane, payload, state, attempts, due_at, received_at)"
    " SELECT :channel, {id}, {lane}, '', '{state}', 0, :past, :past FROM {numbers}"
)
OUTBOX = (
    "INSERT INTO outbox (channel_id, lane, kind, payload, state, attempts, due_at, created_at)"
    " SELECT :channel, {lane}, 'copy', '{{}}', '{state}', 0, :past, :past FROM {numbers}"
)
IDLE = "INSERT INTO lanes (queue, lane, rate_limit_key) SELECT '{queue}', {id}, '' FROM {numbers}"
DUE = (
    "INSERT INTO lanes (queue, lane, rate_limit_key, due_at)"
    " SELECT DISTINCT '{queue}', lane, '{rate_limit_key}', :past FROM {table}"
)


async def fill(database: Database, channel_id: ChannelId) -> None:
    """Put 100,000 rows that wait after 100,000 that are done, and many more idle lanes."""
    concat = "'{0}' || {1}" if database.is_sqlite else "CONCAT('{0}', {1})"
    numbers, lane = {"numbers": _NUMBERS}, {"lane": concat.format("staff:", _LANE)}
    statements = []
    for state in ("done", "pending"):
        values = {"state": state, "id": concat.format(state, "n"), **numbers, **lane}
        statements += [INBOX.format(**values), OUTBOX.format(**values)]
    for queue in (Queue.INBOX, *QUEUES):
        statements.append(IDLE.format(queue=queue, id=concat.format("p", "n"), **numbers))
    for queue, table in ((Queue.INBOX, "inbox"), (Queue.STAFF, "outbox")):
        statements.append(DUE.format(queue=queue, table=table, rate_limit_key=RATE_LIMIT_KEY))
    bound = {
        "channel": bindparam("channel", channel_id),
        "past": bindparam("past", NOW - HOUR, type_=UtcDateTime()),
    }
    async with database.transaction() as tx:
        for statement in statements:
            used = [bound[name] for name in bound if f":{name}" in statement]
            await tx.execute(text(statement).bindparams(*used))


async def rows_read(database: Database, turn: Turn) -> float:
    """Count the rows that a turn reads; on SQLite, estimate them from its VM instructions."""
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
    """Run one turn of the worker, as far as the queues are concerned."""
    due = await lanes.lock_due_lanes(tx, Queue.INBOX, NOW, most=LANES_AT_ONCE)
    names = sorted({lane.lane for lane in due} | {"staff:fat"})
    rows = await inbox.read_oldest(tx, names, ROWS_PER_LANE)
    assert [len(found) for found in rows.values()] == [ROWS_PER_LANE] * len(names)
    await inbox.settle(tx, [row.id for found in rows.values() for row in found], NOW)
    await lanes.set_due(tx, Queue.INBOX, names, NOW)
    await lanes.read_next_due(tx, [Queue.INBOX])


async def deliver(tx: AsyncSession) -> None:
    """Run one turn of the courier, as far as the queues are concerned."""
    token = new_id()
    await lanes.reclaim(tx, NOW)
    due = await lanes.lock_due_lanes(tx, Queue.STAFF, NOW, most=LANES_AT_ONCE)
    names = sorted({lane.lane for lane in due} | {"staff:fat"})
    rows = await outbox.read_oldest(tx, names, ROWS_PER_LANE)
    assert [len(found) for found in rows.values()] == [ROWS_PER_LANE] * len(names)
    ids = [row.id for found in rows.values() for row in found]
    await lanes.lease(tx, Queue.STAFF, names, token=token, until=NOW + HOUR)
    await outbox.mark_sending(tx, ids)
    await lanes.renew(tx, [token], NOW + HOUR)
    await outbox.settle(tx, ids, NOW)
    await lanes.release(tx, Queue.STAFF, token, dict.fromkeys(names, NOW))
    await lanes.read_next_due(tx, QUEUES)


async def wait(tx: AsyncSession) -> None:
    """Run one turn of the courier while the staff group's limit is closed: 1,001 lanes are read."""
    closed = [RATE_LIMIT_KEY]
    assert await lanes.lock_due_lanes(tx, Queue.STAFF, NOW, most=9, closed_keys=closed) == []
    assert await lanes.read_next_due(tx, QUEUES, closed_keys=closed) is None


async def start(tx: AsyncSession) -> None:
    await lanes.reclaim(tx, NOW, all_of_them=True)


async def test_a_turn_reads_a_bounded_number_of_rows(
    database: Database, channel_id: ChannelId
) -> None:
    await fill(database, channel_id)
    turns = (receive, deliver, wait, start)
    read = {turn.__name__: await rows_read(database, turn) for turn in turns}
    assert {name: many for name, many in read.items() if many > MOST_READ} == {}, read
