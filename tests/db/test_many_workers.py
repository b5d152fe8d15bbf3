"""Many workers at once handle each row once, in its lane's order, whatever crashes."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.ids import ChannelId, new_id
from db.queues import inbox, lanes, outbox
from db.queues.inbox import InboundEvent
from db.queues.lanes import LaneDueTime, LeaseLostError
from db.queues.outbox import OutboxItem
from db.queues.payloads import ButtonReplyPayload
from db.tables import Inbox, InboxState, Lane, Queue
from db.tables.base import now_utc
from tests.patience import PATIENCE

NOW = now_utc()


class CrashError(Exception):
    """A crash in the middle of a worker's work."""


async def test_two_claims_at_once_get_different_lanes(mariadb_database: Database) -> None:
    async with mariadb_database.transaction() as tx:
        await lanes.make_due(tx, [LaneDueTime(Queue.STAFF, f"lane{n}", NOW) for n in range(10)])
    async with mariadb_database.transaction() as one, mariadb_database.transaction() as two:
        first = await lanes.lock_due_lanes(one, Queue.STAFF, NOW, most=4)
        second = await lanes.lock_due_lanes(two, Queue.STAFF, NOW, most=9)
        assert len(first) == 4
        assert {each.lane for each in first}.isdisjoint(each.lane for each in second)
        assert len(second) >= 1
    async with mariadb_database.transaction() as tx:
        assert len(await lanes.lock_due_lanes(tx, Queue.STAFF, NOW, most=99)) == 10


async def test_a_put_waits_for_the_release_and_its_wake_up_stays(
    mariadb_database: Database,
) -> None:
    """Test a race that could lose a message: a row comes while its lane is set idle."""
    async with mariadb_database.transaction() as tx:
        await lanes.make_due(tx, [LaneDueTime(Queue.INBOX, "a", NOW)])
    holding = mariadb_database.transaction()
    tx = await holding.__aenter__()
    assert await lanes.lock_due_lanes(tx, Queue.INBOX, NOW, most=9)

    async def put() -> None:
        async with mariadb_database.transaction() as other:
            await lanes.make_due(other, [LaneDueTime(Queue.INBOX, "a", NOW)])

    putting = asyncio.create_task(put())
    await asyncio.sleep(0.05)
    await lanes.set_due(tx, Queue.INBOX, ["a"], None)
    assert not putting.done()
    await holding.__aexit__(None, None, None)
    await putting
    async with mariadb_database.transaction() as tx:
        assert [x.lane for x in await lanes.lock_due_lanes(tx, Queue.INBOX, NOW, most=9)] == ["a"]


WORKERS, LANES, ROWS = 4, 12, 15
DICE = random.Random(1)  # noqa: S311 no secret
Turn = Callable[[], Awaitable[None]]


async def fill(database: Database, channel_id: ChannelId) -> None:
    """Put rows into lanes, some of them twice."""
    places = [(number, f"lane{DICE.randrange(LANES)}") for number in range(LANES * ROWS)]
    at = 0
    while at < len(places):
        step = DICE.randrange(1, 12)
        batch = places[at : at + step + 3]
        events = [InboundEvent(channel_id, str(n), lane, str(n)) for n, lane in batch]
        await database.run(lambda tx, events=events: inbox.put(tx, events))
        at += step


async def is_settled(database: Database) -> bool:
    async with database.transaction() as tx:
        left = select(Inbox.id).where(Inbox.state == InboxState.PENDING).limit(1)
        return (await tx.scalar(left)) is None


async def work_off(database: Database, channel_id: ChannelId, turn: Turn) -> None:
    """Let workers take turns while rows are put, until nothing is left."""

    async def work() -> None:
        while not (filling.done() and await is_settled(database)):
            try:
                await turn()
            except (CrashError, LeaseLostError):  # ends a turn, not the worker
                await asyncio.sleep(0.001)

    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        filling = group.create_task(fill(database, channel_id))
        for _ in range(WORKERS):
            group.create_task(work())


async def assert_handled_once_in_order(database: Database) -> None:
    """Check that each row was handled once, in the order in which its lane's rows came."""
    async with database.transaction() as tx:
        rows = (await tx.scalars(select(Inbox).order_by(Inbox.id))).all()
    assert len(rows) == LANES * ROWS
    assert all(row.state is InboxState.DONE and row.error == "handled" for row in rows)
    by_lane: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        by_lane[row.lane].append(row.settled_at)
    assert all(times == sorted(times) for times in by_lane.values())


async def test_locked_lanes_keep_order_through_crashes(
    database: Database, channel_id: ChannelId
) -> None:
    """Work as the inbox's worker does: claim, handle and settle in one transaction."""

    async def handle(tx: AsyncSession) -> None:
        due = await lanes.lock_due_lanes(tx, Queue.INBOX, now_utc(), most=3)
        found = await inbox.read_oldest(tx, [lane.lane for lane in due], 4)
        for lane, rows in found.items():
            for row in rows:
                await mark(tx, row.id)
            await lanes.set_due(tx, Queue.INBOX, [lane], now_utc() if len(rows) == 4 else None)
            if DICE.random() < 0.2:
                raise CrashError

    await work_off(database, channel_id, lambda: database.run(handle))
    await assert_handled_once_in_order(database)


async def test_leased_lanes_keep_order_through_crashes_and_lost_leases(
    database: Database, channel_id: ChannelId
) -> None:
    """Work as the courier does: claim, work and settle apart, and sometimes too late."""

    async def turn() -> None:
        token, luck = new_id(), DICE.random()
        held = await database.run(lambda tx: claim_some(tx, token))
        if luck < 0.15:
            raise CrashError  # the lease stays and expires
        await asyncio.sleep(0.03 if luck < 0.3 else 0.001)  # some settle too late
        await database.run(lambda tx: settle_some(tx, token, held))

    await work_off(database, channel_id, turn)
    await assert_handled_once_in_order(database)


async def claim_some(tx: AsyncSession, token: str) -> dict[str, list[int]]:
    now = now_utc()
    await lanes.reclaim(tx, now)
    due = [lane.lane for lane in await lanes.lock_due_lanes(tx, Queue.INBOX, now, most=3)]
    if due:
        until = now + timedelta(milliseconds=20)
        await lanes.lease(tx, Queue.INBOX, due, token=token, until=until)
    found = await inbox.read_oldest(tx, due, 4)
    return {lane: [row.id for row in rows] for lane, rows in found.items()}


async def settle_some(tx: AsyncSession, token: str, held: dict[str, list[int]]) -> None:
    next_due = {lane: now_utc() if len(rows) == 4 else None for lane, rows in held.items()}
    await lanes.release(tx, Queue.INBOX, token, next_due)
    for row_id in (row_id for rows in held.values() for row_id in rows):
        await mark(tx, row_id)


async def mark(tx: AsyncSession, row_id: int) -> None:
    """Handle a row and record when; fail if it was handled before."""
    row = (await tx.scalars(select(Inbox).where(Inbox.id == row_id))).one()
    assert row.state is InboxState.PENDING
    row.state, row.error, row.settled_at = InboxState.DONE, "handled", now_utc()
    await tx.flush()


async def test_thousands_of_buttons_leave_no_lane_due(
    database: Database, channel_id: ChannelId
) -> None:
    """Each button's answer has its own lane."""
    now = now_utc()
    items = [
        OutboxItem(
            queue=Queue.CUSTOMER,
            lane=f"button:{number}",
            rate_limit_key="",
            channel_id=channel_id,
            payload=ButtonReplyPayload(str(number), "Done"),
            due_at=now,
        )
        for number in range(1000)
    ]
    async with database.transaction() as tx:
        await outbox.put(tx, items, now)
    answered = 0
    while True:
        async with database.transaction() as tx:
            due = await lanes.lock_due_lanes(tx, Queue.CUSTOMER, now, most=200)
            if not due:
                break
            names, token = [lane.lane for lane in due], new_id()
            await lanes.lease(tx, Queue.CUSTOMER, names, token=token, until=now)
            found = await outbox.read_oldest(tx, names, 10)
            ids = [row.id for rows in found.values() for row in rows]
            answered += len(ids)
            await outbox.settle(tx, ids, now)
            await lanes.release(tx, Queue.CUSTOMER, token, dict.fromkeys(names))
    assert answered == 1000
    async with database.transaction() as tx:
        assert await lanes.read_next_due(tx, list(Queue)) is None
        held = await tx.scalar(select(Lane.lane).where(Lane.lease.is_not(None)).limit(1))
    assert held is None
