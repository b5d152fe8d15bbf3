"""How much waits and since when is told per class, apart from what is set for later."""

from datetime import datetime, timedelta

from db.database import Database
from db.ids import ChannelId, new_id
from db.queries.limits.backoffs import keep_pause
from db.queues import queue_depth
from db.queues.queue_depth import Waiting
from db.tables import Inbox, InboxState, Outbox, OutboxKind, OutboxState
from db.tables.base import now_utc

NOW = now_utc()
HOUR = timedelta(hours=1)


async def add_update(
    database: Database, channel_id: ChannelId, due_at: datetime, state: InboxState
) -> None:
    row = Inbox(channel_id=channel_id, provider_id=new_id(), lane="a", payload="{}")
    row.due_at, row.state = due_at, state
    async with database.transaction() as tx:
        tx.add(row)


async def add_errand(
    database: Database, channel_id: ChannelId, lane: str, came: datetime, state: OutboxState
) -> None:
    row = Outbox(channel_id=channel_id, lane=lane, kind=OutboxKind.COPY)
    row.created_at, row.state = came, state
    async with database.transaction() as tx:
        tx.add(row)


async def updates(database: Database) -> Waiting:
    async with database.transaction() as tx:
        return await queue_depth.waiting_updates(tx, NOW)


async def deliveries(database: Database, prefix: str) -> Waiting:
    async with database.transaction() as tx:
        return await queue_depth.waiting_deliveries(tx, prefix)


async def test_nothing_waits_in_an_empty_database(database: Database) -> None:
    assert await updates(database) == await deliveries(database, "staff") == Waiting()
    async with database.transaction() as tx:
        assert (
            await queue_depth.parked_updates(tx) == await queue_depth.uncertain_deliveries(tx) == 0
        )
        assert await queue_depth.closed_gates(tx, NOW) == 0


async def test_timers_count_for_later_and_have_no_age(
    database: Database, channel_id: ChannelId
) -> None:
    await add_update(database, channel_id, NOW + HOUR, InboxState.PENDING)
    assert await updates(database) == Waiting(0, 1, None)
    for due_at in (NOW - HOUR, NOW, NOW - 2 * HOUR):
        await add_update(database, channel_id, due_at, InboxState.PENDING)
    await add_update(database, channel_id, NOW - 9 * HOUR, InboxState.DONE)
    await add_update(database, channel_id, NOW - 9 * HOUR, InboxState.PARKED)
    assert await updates(database) == Waiting(3, 1, NOW - 2 * HOUR)
    async with database.transaction() as tx:
        assert await queue_depth.parked_updates(tx) == 1


async def test_classes_are_told_apart_by_their_lanes(
    database: Database, channel_id: ChannelId
) -> None:
    rows = [
        ("staff:1", 3, OutboxState.PENDING),
        ("staff:2", 2, OutboxState.PENDING),
        ("staff:2", 4, OutboxState.SENDING),
        ("staff:3", 9, OutboxState.DONE),
        ("staff:3", 9, OutboxState.FAILED),
        ("customer:1", 9, OutboxState.UNCERTAIN),
        ("customer:1", 1, OutboxState.PENDING),
        ("staffing", 9, OutboxState.PENDING),
    ]
    for lane, hours, state in rows:
        await add_errand(database, channel_id, lane, NOW - hours * HOUR, state)
    # The first put of each state is the oldest; between the two the times decide.
    assert await deliveries(database, "staff") == Waiting(3, 0, NOW - 4 * HOUR)
    assert await deliveries(database, "customer") == Waiting(1, 0, NOW - HOUR)
    assert await deliveries(database, "card") == Waiting()
    async with database.transaction() as tx:
        assert await queue_depth.uncertain_deliveries(tx) == 1


async def test_a_gate_is_closed_until_its_time(database: Database) -> None:
    async with database.transaction() as tx:
        await keep_pause(tx, "person:1:2", NOW + HOUR)
        await keep_pause(tx, "group:1:-2", NOW - HOUR)
        assert await queue_depth.closed_gates(tx, NOW) == 1
