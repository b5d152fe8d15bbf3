"""Cleanup works in small batches, keeps what is still needed, and loses no wake-up."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from db.database import Database
from db.ids import ChannelId, new_id
from db.queries.cleanup import cleanup
from db.queries.cleanup.cleanup import CleanupBatch
from db.queues import inbox, lanes
from db.queues.inbox import InboundEvent
from db.queues.lanes import LaneDueTime
from db.tables import (
    IdempotencyKey,
    Inbox,
    InboxState,
    Job,
    JobKind,
    JobState,
    Lane,
    LogIn,
    Outbox,
    OutboxKind,
    OutboxState,
    PasswordReset,
    Queue,
    RefreshToken,
    Role,
    User,
)
from db.tables.base import now_utc
from tests.patience import SOON

NOW = now_utc()
WEEK = NOW - timedelta(days=7)
OLD, YOUNG = NOW - timedelta(days=8), NOW - timedelta(days=6)
ONE_OFF = ("button:", "chat:")


async def add(database: Database, *rows: Any) -> None:
    async with database.transaction() as tx:
        for row in rows:
            tx.add(row)
            await tx.flush()  # in this order: ids follow it


async def ids(database: Database, model: type[Any]) -> list[int]:
    async with database.transaction() as tx:
        return list(await tx.scalars(select(model.id).order_by(model.id)))


def build_inbox_row(
    channel_id: ChannelId, at: datetime, state: InboxState, lane: str = "a"
) -> Inbox:
    row = Inbox(channel_id=channel_id, provider_id=new_id(), lane=lane, payload="{}")
    row.state, row.received_at = state, at
    row.settled_at = None if state is InboxState.PENDING else at
    return row


def build_outbox_row(
    channel_id: ChannelId, at: datetime, state: OutboxState, lane: str = "a"
) -> Outbox:
    row = Outbox(channel_id=channel_id, lane=lane, kind=OutboxKind.NOTICE)
    row.state, row.created_at = state, at
    row.settled_at = None if state in {OutboxState.PENDING, OutboxState.SENDING} else at
    return row


async def run_batches(database: Database, work: Any, limit: int = 2) -> list[CleanupBatch]:
    """Run batches until nothing is left."""
    batches, after = [], None
    while True:

        async def batch(tx: Any, after: Any = after) -> CleanupBatch:
            found: CleanupBatch = await work(tx, WEEK, limit, after)
            return found

        batches.append(await database.run(batch))
        after = batches[-1].after
        if after is None:
            return batches


async def test_only_old_handled_updates_are_deleted(
    database: Database, channel_id: ChannelId
) -> None:
    old = [InboxState.DONE, InboxState.PARKED, InboxState.DONE, InboxState.PENDING, InboxState.DONE]
    await add(database, *(build_inbox_row(channel_id, OLD, state) for state in old))
    await add(database, *(build_inbox_row(channel_id, YOUNG, InboxState.DONE) for _ in range(5)))
    first, *_ = everything = await ids(database, Inbox)
    batches = await run_batches(database, cleanup.delete_settled_inbox)
    assert [batch.removed for batch in batches] == [1, 1, 1]  # a page of two rows each
    assert await ids(database, Inbox) == [first + 1, first + 3, *everything[5:]]
    assert [b.removed for b in await run_batches(database, cleanup.delete_settled_inbox, 100)] == [
        0
    ]


async def test_uncertain_and_open_deliveries_stay(
    database: Database, channel_id: ChannelId
) -> None:
    await add(database, *(build_outbox_row(channel_id, OLD, state) for state in OutboxState))
    await add(database, build_outbox_row(channel_id, OLD, OutboxState.DONE))
    assert sum(b.removed for b in await run_batches(database, cleanup.delete_settled_outbox)) == 2
    async with database.transaction() as tx:
        kept = set(await tx.scalars(select(Outbox.state)))
    assert kept == set(OutboxState) - {OutboxState.FAILED}  # DONE: the newest of all


async def test_an_old_update_that_was_settled_recently_stays(
    database: Database, channel_id: ChannelId
) -> None:
    late = build_inbox_row(channel_id, OLD, InboxState.DONE)
    late.settled_at = YOUNG
    await add(database, late, build_inbox_row(channel_id, OLD, InboxState.DONE))
    assert [b.removed for b in await run_batches(database, cleanup.delete_settled_inbox)] == [0]


async def test_the_newest_row_stays_so_that_no_id_is_used_twice(
    database: Database, channel_id: ChannelId
) -> None:
    for limit in (1, 2, 3, 4):
        await add(database, *(build_inbox_row(channel_id, OLD, InboxState.DONE) for _ in range(3)))
        *_, newest = await ids(database, Inbox)
        await run_batches(database, cleanup.delete_settled_inbox, limit)
        assert await ids(database, Inbox) == [newest]
    await add(database, build_inbox_row(channel_id, OLD, InboxState.PENDING))
    assert max(await ids(database, Inbox)) > newest


async def test_only_expired_log_ins_and_codes_are_deleted(database: Database) -> None:
    user = User(name="x", email="x@x.test", password_hash="!", role=Role.CS)
    user.link_code_hash, user.link_code_expires_at = "expired", OLD
    fresh = User(name="y", email="y@x.test", password_hash="!", role=Role.CS)
    fresh.link_code_hash, fresh.link_code_expires_at = "fresh", YOUNG
    log_in = LogIn(user_id=user.id, address="::1", user_agent="x", expires_at=YOUNG)
    tokens = [
        RefreshToken(log_in_id=log_in.id, token_hash=str(n), expires_at=at)
        for n, at in enumerate([YOUNG, OLD, OLD, OLD, YOUNG])
    ]
    old = LogIn(user_id=user.id, address="::1", user_agent="x", expires_at=OLD)
    left_over = RefreshToken(log_in_id=old.id, token_hash="left", expires_at=YOUNG)
    resets = [
        PasswordReset(user_id=each.id, token_hash=each.email, expires_at=at)
        for each, at in ((user, OLD), (fresh, YOUNG))
    ]
    await add(database, user, fresh, log_in, old, *tokens, left_over, *resets)
    assert sum(b.removed for b in await run_batches(database, cleanup.delete_expired_tokens)) == 3
    assert sum(b.removed for b in await run_batches(database, cleanup.clear_link_codes)) == 1
    assert sum(b.removed for b in await run_batches(database, cleanup.delete_expired_log_ins)) == 1
    assert sum(b.removed for b in await run_batches(database, cleanup.delete_expired_resets)) == 1
    async with database.transaction() as tx:
        assert set(await tx.scalars(select(RefreshToken.expires_at))) == {YOUNG}
        assert set(await tx.scalars(select(User.link_code_hash))) == {None, "fresh"}
        assert list(await tx.scalars(select(LogIn.id))) == [log_in.id]
        assert list(await tx.scalars(select(PasswordReset.user_id))) == [fresh.id]


async def test_old_idempotency_keys_are_deleted(database: Database) -> None:
    users = [
        User(name=name, email=f"{name}@x.test", password_hash="!", role=Role.CS) for name in "xy"
    ]
    keys = [
        IdempotencyKey(
            user_id=user.id, key=str(n), attempt=new_id(), fingerprint="f", created_at=at
        )
        for user in users
        for n, at in enumerate([OLD, YOUNG, OLD, OLD])
    ]
    await add(database, *users, *keys)
    assert sum(batch.removed for batch in await run_batches(database, cleanup.delete_old_keys)) == 6
    async with database.transaction() as tx:
        assert list(await tx.scalars(select(IdempotencyKey.key))) == ["1", "1"]


# Lanes


async def make_lane(database: Database, queue: Queue, name: str, **values: Any) -> None:
    await add(database, Lane(queue=queue, lane=name, **values))


async def clean_lanes(database: Database, queue: Queue, limit: int = 3) -> int:
    total, after = 0, None
    while True:

        async def batch(tx: Any, after: Any = after) -> CleanupBatch:
            return await cleanup.delete_idle_lanes(tx, queue, ONE_OFF, limit, after)

        found = await database.run(batch)
        total, after = total + found.removed, found.after
        if after is None:
            return total


async def names(database: Database, queue: Queue) -> Sequence[str]:
    async with database.transaction() as tx:
        found = select(Lane.lane).where(Lane.queue == queue).order_by(Lane.lane)
        return (await tx.scalars(found)).all()


async def test_idle_lanes_without_settled_rows_are_deleted(
    database: Database, channel_id: ChannelId
) -> None:
    for name in ("used", "unused", "parked"):
        await make_lane(database, Queue.INBOX, name)
    await make_lane(database, Queue.INBOX, "due", due_at=NOW)
    await make_lane(database, Queue.INBOX, "held", lease=new_id(), lease_until=NOW)
    await make_lane(database, Queue.STAFF, "unused")
    await add(
        database,
        build_inbox_row(channel_id, YOUNG, InboxState.DONE, "used"),
        build_inbox_row(channel_id, YOUNG, InboxState.PARKED, "parked"),
        build_outbox_row(channel_id, YOUNG, OutboxState.DONE, "unused"),
    )
    assert await clean_lanes(database, Queue.INBOX) == 2
    assert await names(database, Queue.INBOX) == ["due", "held", "used"]
    assert await clean_lanes(database, Queue.STAFF) == 0


async def test_one_off_lanes_are_deleted_when_idle(
    database: Database, channel_id: ChannelId
) -> None:
    for n in range(7):
        await make_lane(database, Queue.CUSTOMER, f"button:{n}")
        await add(database, build_outbox_row(channel_id, YOUNG, OutboxState.DONE, f"button:{n}"))
    await make_lane(database, Queue.CUSTOMER, "chat:1", due_at=NOW)
    assert await clean_lanes(database, Queue.CUSTOMER) == 7
    assert await names(database, Queue.CUSTOMER) == ["chat:1"]


async def test_a_locked_lane_is_skipped(mariadb_database: Database) -> None:
    for name in ("chat:1", "chat:2"):
        await make_lane(mariadb_database, Queue.CUSTOMER, name, due_at=NOW)
    async with mariadb_database.transaction() as other:
        await lanes.set_due(other, Queue.CUSTOMER, ["chat:2"], None)
    async with mariadb_database.transaction() as worker:
        assert await lanes.lock_due_lanes(worker, Queue.CUSTOMER, NOW, most=1, only="chat:1")
        await lanes.set_due(worker, Queue.CUSTOMER, ["chat:1"], None)
        assert await asyncio.wait_for(clean_lanes(mariadb_database, Queue.CUSTOMER), SOON) == 1
    assert await names(mariadb_database, Queue.CUSTOMER) == ["chat:1"]


@pytest.mark.parametrize("put_first", [True, False])
async def test_a_put_during_a_cleanup_keeps_its_wake_up(
    mariadb_database: Database, *, put_first: bool
) -> None:
    """Each runs during the other's transaction: the put waits, or the cleanup skips the lane."""
    await make_lane(mariadb_database, Queue.CUSTOMER, "chat:1")

    async def put() -> None:
        async with mariadb_database.transaction() as tx:
            await lanes.make_due(tx, [LaneDueTime(Queue.CUSTOMER, "chat:1", NOW)])

    async with mariadb_database.transaction() as tx:
        if put_first:
            await lanes.make_due(tx, [LaneDueTime(Queue.CUSTOMER, "chat:1", NOW)])
            assert await asyncio.wait_for(clean_lanes(mariadb_database, Queue.CUSTOMER), SOON) == 0
            putting = None
        else:
            found = await cleanup.delete_idle_lanes(tx, Queue.CUSTOMER, ONE_OFF, 9)
            assert found.removed == 1
            putting = asyncio.create_task(put())
            await asyncio.sleep(0.05)
            assert not putting.done()
    if putting is not None:
        await putting
    async with mariadb_database.transaction() as tx:
        assert len(await lanes.lock_due_lanes(tx, Queue.CUSTOMER, NOW, most=9)) == 1


@pytest.mark.parametrize("rounds", [15, pytest.param(40, marks=pytest.mark.long)])
async def test_no_wake_up_is_lost_while_lanes_are_deleted(
    database: Database, channel_id: ChannelId, rounds: int
) -> None:
    """Put, handle and clean up side by side: in the end nothing waits in an idle lane."""
    width, putting = 5, True

    async def put(writer: int) -> None:
        for n in range(rounds):
            events = [
                InboundEvent(channel_id, f"{writer}.{n}.{lane}", f"chat:{lane}", "{}")
                for lane in range(n % width + 1)
            ]
            await database.run(lambda tx, events=events: inbox.put(tx, events))  # type: ignore[misc]

    async def work_off() -> int:
        async def turn(tx: Any) -> int:
            due = await lanes.lock_due_lanes(tx, Queue.INBOX, now_utc(), most=3)
            rows = await inbox.read_oldest(tx, [lane.lane for lane in due], 2)
            await inbox.settle(tx, [row.id for each in rows.values() for row in each], now_utc())
            for lane, found in rows.items():
                again = now_utc() if len(found) == 2 else None
                await lanes.set_due(tx, Queue.INBOX, [lane], again)
            return len(due)

        return await database.run(turn)

    async def worker() -> None:
        while putting or await work_off():
            await work_off()
            await asyncio.sleep(0)

    async def cleaner() -> None:
        while putting:
            await clean_lanes(database, Queue.INBOX)
            await asyncio.sleep(0)

    others = [asyncio.create_task(each()) for each in (worker, worker, cleaner, cleaner)]
    await asyncio.gather(put(1), put(2))
    putting = False
    await asyncio.gather(*others)
    async with database.transaction() as tx:
        states = (await tx.scalars(select(Inbox.state))).all()
    assert set(states) == {InboxState.DONE}
    assert len(states) == 2 * sum(n % width + 1 for n in range(rounds))


async def test_settled_jobs_go_and_open_ones_stay(database: Database) -> None:
    def job(state: JobState, at: datetime, *, is_settled: bool = True) -> Job:
        settled_at = at if is_settled else None
        return Job(kind=JobKind.ERASE_CLIENT, state=state, run_at=at, settled_at=settled_at)

    old = [job(JobState.DONE, OLD) for _ in range(3)]
    kept = [
        job(JobState.DONE, YOUNG),
        job(JobState.FAILED, OLD),
        job(JobState.PENDING, OLD, is_settled=False),
        job(JobState.RUNNING, OLD, is_settled=False),
    ]
    await add(database, *old, *kept)
    batches = []
    for _ in range(2):
        async with database.transaction() as tx:
            batches.append(
                await cleanup.delete_settled_jobs(tx, WEEK, limit=2, state=JobState.DONE)
            )
    assert [each.removed for each in batches] == [2, 1]
    assert batches[1].after is None
    assert await ids(database, Job) == sorted(each.id for each in kept)
