"""Lanes: one worker at a time, no wake-up lost, nothing settled without the lease."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from db.database import Database
from db.ids import new_id
from db.queues import lanes
from db.queues.lanes import DueLane, LaneDueTime, LeaseLostError
from db.tables import Lane, Queue
from db.tables.base import now_utc

NOW = now_utc().replace(microsecond=123456)
SOON, LATER = NOW + timedelta(seconds=5), NOW + timedelta(seconds=50)
TOKEN, OTHER_TOKEN = new_id(), new_id()


async def put(database: Database, *dues: LaneDueTime) -> None:
    async with database.transaction() as tx:
        await lanes.make_due(tx, dues)


async def claim(database: Database, token: str, names: Sequence[str], until: datetime) -> None:
    async with database.transaction() as tx:
        await lanes.lease(tx, Queue.STAFF, names, token=token, until=until)


async def due_names(database: Database, now: datetime, *, closed: Sequence[str] = ()) -> list[str]:
    async with database.transaction() as tx:
        found = await lanes.lock_due_lanes(tx, Queue.STAFF, now, most=100, closed_keys=closed)
    return [each.lane for each in found]


async def kept(database: Database, name: str) -> Lane:
    async with database.transaction() as tx:
        return (await tx.scalars(select(Lane).where(Lane.lane == name))).one()


def due(name: str, at: datetime, rate_limit_key: str = "") -> LaneDueTime:
    return LaneDueTime(Queue.STAFF, name, at, rate_limit_key)


@pytest.mark.parametrize(
    ("first", "then", "stays"), [(SOON, LATER, SOON), (LATER, SOON, SOON), (SOON, SOON, SOON)]
)
async def test_make_due_keeps_the_earlier_time_and_the_newer_rate_limit_key(
    database: Database, first: datetime, then: datetime, stays: datetime
) -> None:
    await put(database, due("a", first, "group:1:old"))
    await put(database, due("a", then, "group:1:new"))
    lane = await kept(database, "a")
    assert (lane.due_at, lane.rate_limit_key) == (stays, "group:1:new")


async def test_in_one_call_the_earliest_time_of_each_lane_counts(database: Database) -> None:
    await put(database, due("b", LATER), due("a", SOON), due("b", SOON), due("a", LATER))
    assert (await kept(database, "a")).due_at == (await kept(database, "b")).due_at == SOON
    await put(database)  # no lanes: no statement


async def test_queues_do_not_share_lanes(database: Database) -> None:
    await put(database, LaneDueTime(Queue.CUSTOMER, "a", NOW), due("a", LATER))
    assert await due_names(database, NOW) == []
    assert await due_names(database, LATER) == ["a"]


async def test_due_lanes_come_longest_due_first_and_not_before_their_time(
    database: Database,
) -> None:
    await put(database, due("soon", SOON), due("now", NOW), due("later", LATER))
    assert await due_names(database, NOW - timedelta(microseconds=1)) == []
    assert await due_names(database, NOW) == ["now"]
    assert await due_names(database, LATER) == ["now", "soon", "later"]
    async with database.transaction() as tx:
        assert len(await lanes.lock_due_lanes(tx, Queue.STAFF, LATER, most=2)) == 2
        only = await lanes.lock_due_lanes(tx, Queue.STAFF, LATER, most=9, only="soon")
        assert only == [DueLane(Queue.STAFF, "soon", "")]


async def test_lanes_with_closed_keys_are_neither_listed_nor_waited_for(
    database: Database,
) -> None:
    await put(database, due("a", NOW, "group:1:x"), due("b", SOON, "group:1:y"))
    assert await due_names(database, LATER, closed=["group:1:x"]) == ["b"]
    async with database.transaction() as tx:
        assert await lanes.read_next_due(tx, [Queue.STAFF]) == NOW
        assert await lanes.read_next_due(tx, [Queue.STAFF], closed_keys=["group:1:x"]) == SOON
        both = ["group:1:x", "group:1:y"]
        assert await lanes.read_next_due(tx, [Queue.STAFF], closed_keys=both) is None


async def test_a_leased_lane_is_not_listed_and_comes_back_when_due(database: Database) -> None:
    await put(database, due("a", NOW))
    await claim(database, TOKEN, ["a"], SOON)
    assert await due_names(database, LATER) == []
    async with database.transaction() as tx:
        assert await lanes.read_next_due(tx, [Queue.STAFF]) is None
        await lanes.release(tx, Queue.STAFF, TOKEN, {"a": SOON})
    assert await due_names(database, NOW) == []
    assert await due_names(database, SOON) == ["a"]


async def test_an_idle_lane_is_not_due_until_something_is_put(database: Database) -> None:
    await put(database, due("a", NOW))
    await claim(database, TOKEN, ["a"], SOON)
    async with database.transaction() as tx:
        await lanes.release(tx, Queue.STAFF, TOKEN, {"a": None})
    assert await due_names(database, LATER) == []
    await put(database, due("a", LATER))
    assert await due_names(database, LATER) == ["a"]


@pytest.mark.parametrize("released_at", [None, SOON, LATER])
async def test_a_row_put_during_a_lease_is_not_lost(
    database: Database, released_at: datetime | None
) -> None:
    await put(database, due("a", NOW))
    await claim(database, TOKEN, ["a"], SOON)
    await put(database, due("a", SOON))
    async with database.transaction() as tx:
        await lanes.release(tx, Queue.STAFF, TOKEN, {"a": released_at})
    assert (await kept(database, "a")).due_at == SOON


async def test_a_release_may_set_an_earlier_time_than_a_put(database: Database) -> None:
    await put(database, due("a", NOW))
    await claim(database, TOKEN, ["a"], SOON)
    await put(database, due("a", LATER))
    async with database.transaction() as tx:
        await lanes.release(tx, Queue.STAFF, TOKEN, {"a": SOON})
    assert (await kept(database, "a")).due_at == SOON


async def test_without_the_lease_nothing_is_released(database: Database) -> None:
    await put(database, due("a", NOW), due("b", NOW))
    await claim(database, TOKEN, ["a"], SOON)
    await claim(database, OTHER_TOKEN, ["b"], SOON)
    with pytest.raises(LeaseLostError, match="1 lane"):
        async with database.transaction() as tx:
            await lanes.release(tx, Queue.STAFF, TOKEN, {"a": None, "b": LATER})
    for name, token in (("a", TOKEN), ("b", OTHER_TOKEN)):
        lane = await kept(database, name)
        assert (lane.lease, lane.lease_until, lane.due_at) == (token, SOON, None)


async def test_an_expired_lease_is_reclaimed_and_a_renewed_one_is_not(
    database: Database,
) -> None:
    await put(database, due("a", NOW), due("b", NOW), due("idle", LATER))
    await claim(database, TOKEN, ["a"], NOW + timedelta(seconds=1))
    await claim(database, OTHER_TOKEN, ["b"], NOW + timedelta(seconds=1))
    async with database.transaction() as tx:
        assert await lanes.reclaim(tx, NOW) == 0
        await lanes.renew(tx, [OTHER_TOKEN], LATER)
        assert await lanes.reclaim(tx, SOON) == 1
        await lanes.renew(tx, [], LATER)
    assert await due_names(database, SOON) == ["a"]
    assert (await kept(database, "idle")).due_at == LATER
    with pytest.raises(LeaseLostError):
        async with database.transaction() as tx:
            await lanes.release(tx, Queue.STAFF, TOKEN, {"a": None})


async def test_the_only_worker_reclaims_every_lane(database: Database) -> None:
    await put(database, due("a", NOW), due("idle", LATER))
    await claim(database, TOKEN, ["a"], LATER)
    async with database.transaction() as tx:
        assert await lanes.reclaim(tx, SOON, all_of_them=True) == 1
    assert await due_names(database, SOON) == ["a"]


async def test_setting_a_time_overrides_what_was_set(database: Database) -> None:
    await put(database, due("a", NOW), due("b", NOW))
    async with database.transaction() as tx:
        await lanes.set_due(tx, Queue.STAFF, ["a"], LATER)
        await lanes.set_due(tx, Queue.STAFF, ["b"], None)
    assert await due_names(database, SOON) == []
    assert await due_names(database, LATER) == ["a"]


async def test_upper_and_lower_case_are_different_lanes(database: Database) -> None:
    await put(database, due("a", NOW), due("A", LATER))
    assert await due_names(database, NOW) == ["a"]
    assert sorted(await due_names(database, LATER)) == ["A", "a"]


async def test_only_the_holder_of_a_lease_renews_it(database: Database) -> None:
    await put(database, due("a", SOON))
    await claim(database, TOKEN, ["a"], SOON)
    async with database.transaction() as tx:
        assert not await lanes.renew_one(tx, Queue.STAFF, "a", OTHER_TOKEN, LATER)
        assert await lanes.renew_one(tx, Queue.STAFF, "a", TOKEN, LATER)
    assert (await kept(database, "a")).lease_until == LATER
