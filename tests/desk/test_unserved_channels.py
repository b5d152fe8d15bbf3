"""Work of a channel that a process does not serve waits untouched until it does."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.dialect import get_table
from db.queues import inbox
from db.queues.inbox import InboundEvent, InboxRow
from db.tables import Channel, ChannelKind, Inbox, Lane
from desk.channels import Channels
from desk.cluster.wake import Signal
from desk.delivery.claims import claim
from desk.receiving.ports import RowHandler
from desk.receiving.worker import Worker
from desk.unit_of_work import UnitOfWork
from desk.unit_of_work_factory import UnitOfWorkFactory
from desk.unserved_channels import wake_lanes
from tests.desk.stage import Stage, open_stage, text

MINUTE = timedelta(minutes=1)
channels_table = get_table(Channel)


class Listener:
    """Records the rows that it is given."""

    def __init__(self) -> None:
        self.handled: list[str] = []

    async def prepare(self, uow: UnitOfWork, rows: Sequence[InboxRow]) -> list[RowHandler]:
        return [partial(self._handle, row) for row in rows]

    async def _handle(self, row: InboxRow) -> None:
        self.handled.append(row.payload)


@pytest.fixture
async def stage(database: Database) -> Stage:
    return await open_stage(database)


def unserved(stage: Stage, *, known: bool = True) -> Channels:
    """Return the channels as a process knows them that read the channel as off, or not at all."""
    return Channels([stage.channels[stage.channel_id].as_inactive()] if known else [])


async def come(stage: Stage, *payloads: str) -> None:
    arrivals = [InboundEvent(stage.channel_id, each, "lane", each) for each in payloads]
    await stage.database.run(lambda tx: inbox.put(tx, arrivals))


async def turn(stage: Stage, channels: Channels) -> list[str]:
    """Run one turn of a worker that knows these channels; return what it handled."""
    listener = Listener()
    receivers = {ChannelKind.TELEGRAM: listener}
    await Worker(
        stage.database, UnitOfWorkFactory(channels, []), receivers, outbox_notifier=Signal()
    )._turn()
    return listener.handled


async def make_due(stage: Stage) -> None:
    await stage.change("lanes", due_at=stage.now)


async def dues(stage: Stage) -> set[datetime | None]:
    async with stage.database.transaction() as tx:
        return set(await tx.scalars(select(Lane.due_at)))


async def switch(stage: Stage, *, on: bool) -> None:
    async def work(tx: AsyncSession) -> None:
        await tx.execute(update(channels_table).values(is_active=on))
        if on:
            await wake_lanes(tx, stage.channel_id, stage.now)

    await stage.database.run(work)


@pytest.mark.parametrize("known", [False, True], ids=["not read yet", "read as off"])
async def test_updates_of_a_channel_that_is_on_wait_for_a_moment_and_are_not_to_blame(
    stage: Stage, *, known: bool
) -> None:
    await come(stage, "1", "2")
    for _ in range(10):
        await make_due(stage)
        assert await turn(stage, unserved(stage, known=known)) == []
    [due] = await dues(stage)
    assert due is not None
    assert stage.now < due < stage.now + MINUTE
    async with stage.database.transaction() as tx:
        rows = (await tx.scalars(select(Inbox))).all()
    assert [(row.state, row.attempts, row.error) for row in rows] == [("pending", 0, None)] * 2
    await make_due(stage)
    assert await turn(stage, stage.channels) == ["1", "2"]


async def test_updates_of_a_channel_that_is_off_wait_until_it_is_on(stage: Stage) -> None:
    await switch(stage, on=False)
    await come(stage, "1", "2")
    assert await turn(stage, unserved(stage)) == []
    [due] = await dues(stage)
    assert due is not None
    assert due > stage.now + 10 * MINUTE
    await switch(stage, on=True)
    assert await turn(stage, stage.channels) == ["1", "2"]


async def test_others_are_handled_beside_a_channel_that_is_not_served(stage: Stage) -> None:
    await stage.change("channels", external_id="other")
    beside = await open_stage(stage.database)
    await come(stage, "waits")
    arrival = InboundEvent(beside.channel_id, "1", "another lane", "goes on")
    await stage.database.run(lambda tx: inbox.put(tx, [arrival]))
    assert await turn(stage, beside.channels) == ["goes on"]


async def claimed(stage: Stage, channels: Channels) -> int:
    made = await stage.database.run(
        lambda tx: claim(tx, stage.rate_limiter, stage.now, stage.at, most=50, channels=channels)
    )
    return len(made.works)


async def test_answers_and_copies_wait_with_their_channel(stage: Stage) -> None:
    ana = await stage.customer()
    await stage.answer(ana, text("an answer"))
    await stage.copy(ana, text("a copy"))
    await make_due(stage)
    assert await claimed(stage, unserved(stage)) == 0
    assert all(due is not None and due > stage.now for due in await dues(stage))
    await switch(stage, on=False)
    await make_due(stage)
    assert await claimed(stage, unserved(stage, known=False)) == 0
    assert all(due is not None and due > stage.now + 10 * MINUTE for due in await dues(stage))
    assert {row.attempts for row in await stage.outbox()} == {0}
    await switch(stage, on=True)
    assert await claimed(stage, stage.channels) == 2


async def test_what_is_being_sent_is_left_to_who_sends_it(stage: Stage) -> None:
    await stage.answer(await stage.customer(), text("an answer"))
    assert await claimed(stage, stage.channels) == 1
    before = await dues(stage)
    await switch(stage, on=True)
    assert await dues(stage) == before
