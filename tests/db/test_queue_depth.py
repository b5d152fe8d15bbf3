"""Queue depth: how much waits and since when, for each prefix, without what is for later."""

from datetime import datetime, timedelta

from db.database import Database
from db.ids import ChannelId, new_id
from db.queries.limits.backoffs import save_backoff
from db.queues import queue_depth
from db.queues.queue_depth import QueueDepth
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


async def add_outbox_row(
    database: Database, channel_id: ChannelId, lane: str, came: datetime, state: OutboxState
) -> None:
    row = Outbox(channel_id=channel_id, lane=lane, kind=OutboxKind.COPY)
    row.created_at, row.state = came, state
    async with database.transaction() as tx:
        tx.add(row)


async def updates(database: Database) -> QueueDepth:
    async with database.transaction() as tx:
        return await queue_depth.count_waiting_updates(tx, NOW)


async def deliveries(database: Database, prefix: str) -> QueueDepth:
    async with database.transaction() as tx:
        return await queue_depth.count_waiting_deliveries(tx, prefix)


async def test_nothing_waits_in_an_empty_database(database: Database) -> None:
    assert await updates(database) == await deliveries(database, "staff") == QueueDepth()
    async with database.transaction() as tx:
        assert (
            await queue_depth.count_parked_updates(tx)
            == await queue_depth.count_uncertain_deliveries(tx)
            == 0
        )
        assert await queue_depth.count_backoffs(tx, NOW) == 0


async def test_timers_count_as_later_and_have_no_age(
    database: Database, channel_id: ChannelId
) -> None:
    await add_update(database, channel_id, NOW + HOUR, InboxState.PENDING)
    assert await updates(database) == QueueDepth(0, 1, None)
    for due_at in (NOW - HOUR, NOW, NOW - 2 * HOUR):
        await add_update(database, channel_id, due_at, InboxState.PENDING)
    await add_update(database, channel_id, NOW - 9 * HOUR, InboxState.DONE)
    await add_update(database, channel_id, NOW - 9 * HOUR, InboxState.PARKED)
    assert await updates(database) == QueueDepth(3, 1, NOW - 2 * HOUR)
    async with database.transaction() as tx:
        assert await queue_depth.count_parked_updates(tx) == 1


async def test_deliveries_are_counted_by_lane_prefix(
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
        await add_outbox_row(database, channel_id, lane, NOW - hours * HOUR, state)
    # The row that was put first in each state is the oldest; between the states the times decide.
    assert await deliveries(database, "staff") == QueueDepth(3, 0, NOW - 4 * HOUR)
    assert await deliveries(database, "customer") == QueueDepth(1, 0, NOW - HOUR)
    assert await deliveries(database, "card") == QueueDepth()
    async with database.transaction() as tx:
        assert await queue_depth.count_uncertain_deliveries(tx) == 1


async def test_a_backoff_counts_until_it_ends(database: Database) -> None:
    async with database.transaction() as tx:
        await save_backoff(tx, "person:1:2", NOW + HOUR)
        await save_backoff(tx, "group:1:-2", NOW - HOUR)
        assert await queue_depth.count_backoffs(tx, NOW) == 1
