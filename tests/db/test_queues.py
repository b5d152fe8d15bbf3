"""Inbox and outbox: each item is stored once, unchanged, read in order, and settled as asked."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DataError, DBAPIError

from db.content import Content
from db.database import Database
from db.dialect import get_table
from db.ids import ChannelId, new_id
from db.queues import inbox, lanes, outbox
from db.queues.inbox import InboundEvent, InboxRow
from db.queues.outbox import OutboxItem, OutboxRow
from db.queues.payloads import GeneralPayload
from db.tables import (
    Channel,
    ChannelKind,
    Inbox,
    InboxState,
    Lane,
    Outbox,
    OutboxKind,
    OutboxState,
    Queue,
)
from db.tables.base import now_utc

NOW = now_utc()
LATER = NOW + timedelta(hours=3)
# Four-byte UTF-8, joined emoji, control characters, quotes, special characters of SQL and JSON.
ODD = "👨\u200d👩\u200d👧 𐍈 \x00\x01\t\r\n ' \" \\ % %s {} :x ; -- é ي \uffff \U0010ffff"


def build_event(channel_id: ChannelId, number: int, lane: str = "a", **more: Any) -> InboundEvent:
    return InboundEvent(
        channel_id=channel_id,
        provider_id=str(number),
        lane=lane,
        payload=more.pop("payload", str(number)),
        **more,
    )


def build_item(channel_id: ChannelId, number: int, lane: str = "a", **more: Any) -> OutboxItem:
    return OutboxItem(
        queue=Queue.STAFF,
        lane=lane,
        rate_limit_key="group:1:x",
        channel_id=channel_id,
        due_at=NOW,
        payload=GeneralPayload(Content(text=str(number)), "x"),
        **more,
    )


async def put_events(database: Database, *events: InboundEvent) -> None:
    async with database.transaction() as tx:
        await inbox.put(tx, events)


async def put_items(database: Database, *items: OutboxItem) -> None:
    async with database.transaction() as tx:
        await outbox.put(tx, items, NOW)


async def waiting(database: Database, lane: str = "a", most: int = 50) -> list[InboxRow]:
    async with database.transaction() as tx:
        return (await inbox.read_oldest(tx, [lane], most))[lane]


async def to_send(database: Database, lane: str = "a", most: int = 50) -> list[OutboxRow]:
    async with database.transaction() as tx:
        return (await outbox.read_oldest(tx, [lane], most))[lane]


def numbers(rows: list[OutboxRow]) -> list[int]:
    return [int(cast("GeneralPayload", row.payload).content.text or "") for row in rows]


async def count(database: Database, model: type[Any]) -> int:
    async with database.transaction() as tx:
        return await tx.scalar(select(func.count()).select_from(get_table(model))) or 0


# Inbox


async def test_an_update_that_comes_twice_is_stored_once(
    database: Database, channel_id: ChannelId
) -> None:
    first = build_event(channel_id, 1, payload="first")
    again = build_event(channel_id, 1, payload="again")
    await put_events(database, first, again)
    await put_events(database, again, build_event(channel_id, 2))
    assert [row.payload for row in await waiting(database)] == ["first", "2"]


async def test_a_handled_update_does_not_come_back(
    database: Database, channel_id: ChannelId
) -> None:
    await put_events(database, build_event(channel_id, 1))
    async with database.transaction() as tx:
        [row] = (await inbox.read_oldest(tx, ["a"], 1))["a"]
        await inbox.settle(tx, [row.id], NOW)
    await put_events(database, build_event(channel_id, 1))
    assert await waiting(database) == []
    assert await count(database, Inbox) == 1


async def test_the_same_id_on_another_channel_is_another_update(
    database: Database, channel_id: ChannelId
) -> None:
    other = ChannelId(new_id())
    async with database.transaction() as tx:
        tx.add(Channel(id=other, kind=ChannelKind.TELEGRAM, external_id="2", name="Other"))
    await put_events(database, build_event(channel_id, 1), build_event(other, 1))
    assert [row.channel_id for row in await waiting(database)] == [channel_id, other]


async def test_putting_updates_makes_lanes_due_at_their_time(
    database: Database, channel_id: ChannelId
) -> None:
    timer = build_event(channel_id, 2, "timer", due_at=LATER)
    await put_events(database, build_event(channel_id, 1), timer)
    await put_events(database)
    async with database.transaction() as tx:
        due = await lanes.lock_due_lanes(tx, Queue.INBOX, now_utc(), most=9)
        assert [lane.lane for lane in due] == ["a"]
        due = await lanes.lock_due_lanes(tx, Queue.INBOX, LATER, most=9)
        assert [lane.lane for lane in due] == ["a", "timer"]
    [row] = await waiting(database, "timer")
    assert row.due_at == LATER


async def test_a_failed_update_waits_and_counts_its_tries(
    database: Database, channel_id: ChannelId
) -> None:
    await put_events(database, build_event(channel_id, 1))
    for tries in range(3):
        async with database.transaction() as tx:
            [row] = (await inbox.read_oldest(tx, ["a"], 1))["a"]
            assert row.attempts == tries
            await inbox.reschedule(tx, row, ODD * 1000, LATER)
    [row] = await waiting(database)
    assert (row.attempts, row.due_at) == (3, LATER)


async def test_a_parked_update_does_not_block_its_lane(
    database: Database, channel_id: ChannelId
) -> None:
    await put_events(database, build_event(channel_id, 1), build_event(channel_id, 2))
    async with database.transaction() as tx:
        [row] = (await inbox.read_oldest(tx, ["a"], 1))["a"]
        await inbox.park(tx, row, ODD, NOW)
    assert [row.payload for row in await waiting(database)] == ["2"]
    async with database.transaction() as tx:
        parked = (await tx.scalars(select(Inbox).where(Inbox.provider_id == "1"))).one()
    assert (parked.state, parked.attempts, parked.error) == (InboxState.PARKED, 1, ODD)


async def test_an_update_settled_elsewhere_is_neither_rescheduled_nor_parked(
    database: Database, channel_id: ChannelId
) -> None:
    await put_events(database, build_event(channel_id, 1))
    [row] = await waiting(database)
    async with database.transaction() as tx:
        await inbox.settle(tx, [row.id], NOW)
        assert not await inbox.reschedule(tx, row, "late", LATER)
        assert not await inbox.park(tx, row, "late", NOW)
    async with database.transaction() as tx:
        kept = (await tx.scalars(select(Inbox))).one()
    assert (kept.state, kept.attempts, kept.error) == (InboxState.DONE, 0, None)


@pytest.mark.parametrize("payload", [ODD, "", "x" * 3_000_000, "😀" * 700_000])
async def test_a_payload_comes_back_as_it_was(
    database: Database, channel_id: ChannelId, payload: str
) -> None:
    await put_events(database, build_event(channel_id, 1, payload=payload))
    assert [row.payload for row in await waiting(database)] == [payload]


# Outbox


async def test_a_dedup_key_is_used_once(database: Database, channel_id: ChannelId) -> None:
    await put_items(
        database,
        build_item(channel_id, 1, dedup_key="hello"),
        build_item(channel_id, 2, dedup_key="hello"),
    )
    await put_items(
        database,
        build_item(channel_id, 3, dedup_key="hello"),
        build_item(channel_id, 4, dedup_key="other"),
    )
    assert numbers(await to_send(database)) == [1, 4]
    rows = await to_send(database)
    async with database.transaction() as tx:
        await outbox.settle(tx, [row.id for row in rows], NOW)
    await put_items(
        database, build_item(channel_id, 5, dedup_key="hello"), build_item(channel_id, 6)
    )
    assert numbers(await to_send(database)) == [6]


async def test_items_without_a_dedup_key_are_all_stored(
    database: Database, channel_id: ChannelId
) -> None:
    await put_items(database, *(build_item(channel_id, number) for number in range(30)))
    assert numbers(await to_send(database)) == list(range(30))


async def test_json_comes_back_as_it_was(database: Database, channel_id: ChannelId) -> None:
    attributes = {
        "text": ODD,
        ODD.replace("\x00", ""): [1, 2**53, -1.5, True, None, {"deep": [[[]]]}],
        "long": "😀" * 50_000,
        "empty": {},
    }
    payload = GeneralPayload(Content(text=ODD, attributes=attributes), "x")
    await put_items(database, replace(build_item(channel_id, 1), payload=payload))
    [row] = await to_send(database)
    assert row.payload == payload


async def test_the_oldest_of_each_lane_come_first_however_long_a_lane_is(
    database: Database, channel_id: ChannelId
) -> None:
    fat = [build_item(channel_id, number, "fat") for number in range(2000)]
    thin = [build_item(channel_id, number, f"thin{number % 99}") for number in range(198)]
    await put_items(database, *fat, *thin)
    names = ["fat", *(f"thin{number}" for number in range(99)), "empty"]
    async with database.transaction() as tx:
        found = await outbox.read_oldest(tx, names, 3)
        assert await outbox.read_oldest(tx, [], 3) == {}
    assert list(found) == names
    assert numbers(found["fat"]) == [0, 1, 2]
    assert numbers(found["thin7"]) == [7, 106]
    assert found["empty"] == []
    assert all(row.lane == name for name, rows in found.items() for row in rows)


async def test_a_row_being_sent_stays_at_the_head(
    database: Database, channel_id: ChannelId
) -> None:
    await put_items(database, build_item(channel_id, 1), build_item(channel_id, 2))
    first, second = await to_send(database)
    async with database.transaction() as tx:
        await outbox.mark_sending(tx, [first.id])
        await outbox.mark_sending(tx, [])
    assert [row.state for row in await to_send(database)] == [
        OutboxState.SENDING,
        OutboxState.PENDING,
    ]
    assert [row.id for row in await to_send(database)] == [first.id, second.id]


@pytest.mark.parametrize("state", [OutboxState.DONE, OutboxState.FAILED, OutboxState.UNCERTAIN])
async def test_a_settled_row_leaves_its_lane(
    database: Database, channel_id: ChannelId, state: OutboxState
) -> None:
    await put_items(database, build_item(channel_id, 1), build_item(channel_id, 2))
    first, _ = await to_send(database)
    async with database.transaction() as tx:
        await outbox.settle(tx, [first.id], NOW, state, "😀" * 2000)
    assert numbers(await to_send(database)) == [2]
    async with database.transaction() as tx:
        kept = (await tx.scalars(select(Outbox).where(Outbox.id == first.id))).one()
    assert (kept.state, kept.settled_at, kept.error) == (state, NOW, "😀" * 500)


async def test_a_rescheduled_row_counts_only_real_tries(
    database: Database, channel_id: ChannelId
) -> None:
    await put_items(database, build_item(channel_id, 1))
    [row] = await to_send(database)
    async with database.transaction() as tx:
        await outbox.mark_sending(tx, [row.id])
        await outbox.reschedule(tx, [row.id], "no answer", LATER)
        await outbox.reschedule(tx, [row.id], "not tried", LATER, counts=False)
        await outbox.reschedule(tx, [], "nothing", LATER)
    [row] = await to_send(database)
    assert (row.state, row.attempts, row.due_at) == (OutboxState.PENDING, 1, LATER)


async def test_supersede_settles_earlier_rows_of_its_kind(
    database: Database, channel_id: ChannelId
) -> None:
    await put_items(database, build_item(channel_id, 1), build_item(channel_id, 2, "other"))
    async with database.transaction() as tx:
        await outbox.put(tx, [build_item(channel_id, 3)], LATER)
        await outbox.supersede(tx, "a", OutboxKind.GENERAL, NOW)
        await outbox.supersede(tx, "a", OutboxKind.CARD, LATER)
    assert numbers(await to_send(database)) == [3]
    assert numbers(await to_send(database, "other")) == [2]


async def test_an_item_makes_its_lane_due_under_its_rate_limit_key(
    database: Database, channel_id: ChannelId
) -> None:
    await put_items(database, build_item(channel_id, 1))
    async with database.transaction() as tx:
        assert (
            await lanes.lock_due_lanes(tx, Queue.STAFF, NOW, most=9, closed_keys=["group:1:x"])
            == []
        )
        [lane] = await lanes.lock_due_lanes(tx, Queue.STAFF, NOW, most=9)
    assert (lane.lane, lane.rate_limit_key) == ("a", "group:1:x")


# Strictness


async def test_a_key_that_is_too_long_is_refused_not_cut(
    mariadb_database: Database,
) -> None:
    """Check that long keys are not cut silently: two of them could become one lane."""
    with pytest.raises(DataError, match="too long"):
        async with mariadb_database.transaction() as tx:
            await lanes.make_due(tx, [lanes.LaneDueTime(Queue.STAFF, "x" * 192, NOW)])
    assert await count(mariadb_database, Lane) == 0


async def test_a_key_that_is_not_ascii_is_refused(
    mariadb_database: Database,
) -> None:
    with pytest.raises(DBAPIError):
        async with mariadb_database.transaction() as tx:
            await lanes.make_due(tx, [lanes.LaneDueTime(Queue.STAFF, "lane é", NOW)])
    assert await count(mariadb_database, Lane) == 0
