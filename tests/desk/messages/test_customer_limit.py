"""What one customer writes beyond the limit is stored, and staff and customer are told once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.queues import inbox
from db.tables import Conversation, Inbox, Message, OutboxKind
from desk.causes import Cause
from desk.content import Content, IncomingMessage, Person
from desk.live.projection import LiveEvents
from desk.messages import inbound
from desk.receiving.timers import TimerReceiver
from desk.unit_of_work import UnitOfWork
from desk.unit_of_work_factory import UnitOfWorkFactory
from scripts.application.timers import list_timers
from tests.desk.stage import Stage, open_stage

LIMIT = 5
TOO_MANY = "You sent many messages in a short time"


@dataclass
class Scene:
    """A desk with a limit; its minutes begin when they are told to."""

    stage: Stage

    async def writes(self, *texts: str, who: str = "42", album: str | None = None) -> None:
        """Receive these messages in one transaction; each is its own id at the provider."""

        async def work(uow: UnitOfWork) -> None:
            channel = uow.channels[self.stage.channel_id]
            for each in texts:
                said = IncomingMessage(Content(text=each, album=album), who, each)
                await inbound.receive_message(uow, channel, Person(who, who), said, Cause.MESSAGE)

        await self.stage.run_in_uow(work)

    async def edits(self, provider_id: str, text: str) -> None:
        async def work(uow: UnitOfWork) -> None:
            channel = uow.channels[self.stage.channel_id]
            said = IncomingMessage(Content(text=text), "42", provider_id)
            await inbound.receive_edit(uow, channel, Person("42", "42"), said)

        await self.stage.run_in_uow(work)

    async def deletes(self, provider_id: str) -> None:
        async def work(uow: UnitOfWork) -> None:
            channel = uow.channels[self.stage.channel_id]
            await inbound.receive_deletion(uow, channel, "42", provider_id)

        await self.stage.run_in_uow(work)

    async def minute_ends(self) -> None:
        """Let the minute end, and run the timers that are due then."""
        self.stage.later(66)
        await self.stage.database.run(self._run_timers)

    async def _run_timers(self, tx: AsyncSession) -> None:
        names = (await tx.scalars(select(Inbox.lane).where(Inbox.state == "pending"))).all()
        found = await inbox.read_oldest(tx, sorted(set(names)), 5)
        due = [each for rows in found.values() for each in rows if each.due_at <= self.stage.now]
        uow = self.stage.uow_factory.create(tx, self.stage.now)
        handlers = await TimerReceiver(list_timers()).prepare(uow, due)
        for row, handle in zip(due, handlers, strict=True):
            uow.came_at = row.due_at
            await handle()
        await inbox.settle(tx, [row.id for row in due], self.stage.now)
        await uow.flush()

    async def told(self, kind: OutboxKind) -> list[str]:
        return [
            row.payload["content"]["text"]
            for row in await self.stage.outbox()
            if row.kind is kind and "content" in row.payload
        ]

    async def to_customer(self) -> list[str]:
        found = await self.told(OutboxKind.NOTICE)
        return [each for each in found if each.startswith(TOO_MANY)]

    async def history(self) -> list[str | None]:
        async with self.stage.database.transaction() as tx:
            return list((await tx.scalars(select(Message.message).order_by(Message.id))).all())


@pytest.fixture
async def scene(database: Database) -> Scene:
    stage = await open_stage(database)
    stage.now = begin_of_minute(stage.now)
    stage.uow_factory = UnitOfWorkFactory(stage.channels, [LiveEvents()], customer_limit=LIMIT)
    return Scene(stage)


def begin_of_minute(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0) + timedelta(seconds=1)


def numbered(begin: int, end: int) -> list[str]:
    return [f"message {number}" for number in range(begin, end)]


async def test_what_is_over_the_limit_is_stored_and_summed_up(scene: Scene) -> None:
    await scene.writes(*numbered(0, 3))
    await scene.writes(*numbered(3, 9))  # the limit is met in the middle of a transaction
    await scene.writes("from another customer", who="43")
    await scene.writes(*numbered(9, 12))
    assert await scene.told(OutboxKind.COPY) == [*numbered(0, 5), "from another customer"]
    assert len(await scene.to_customer()) == 1
    assert await scene.told(OutboxKind.STAFF_NOTICE) == []
    await scene.minute_ends()
    [summary] = await scene.told(OutboxKind.STAFF_NOTICE)
    assert "Further messages: 7." in summary
    assert sorted(filter(None, await scene.history())) == sorted(
        [*numbered(0, 12), "from another customer"]
    )
    async with scene.stage.database.transaction() as tx:
        assert await tx.scalar(select(func.max(Conversation.unread_count))) == 12


async def test_the_next_minute_is_shown_again_and_the_customer_told_once(scene: Scene) -> None:
    await scene.writes(*numbered(0, 8))
    await scene.minute_ends()
    scene.stage.later(60)
    await scene.writes("and now?")
    assert (await scene.told(OutboxKind.COPY))[-1] == "and now?"
    await scene.writes(*numbered(20, 28))
    assert len(await scene.to_customer()) == 1


async def test_nothing_is_said_about_a_message_that_nobody_was_shown(scene: Scene) -> None:
    await scene.writes(*numbered(0, 7))
    await scene.edits("message 6", "message six")
    await scene.deletes("message 5")
    await scene.edits("message 0", "message zero")
    assert await scene.told(OutboxKind.EDIT) == ["message zero"]
    assert await scene.told(OutboxKind.STAFF_NOTICE) == []
    assert "message six" in await scene.history()
    await scene.minute_ends()
    [summary] = await scene.told(OutboxKind.STAFF_NOTICE)
    assert "Further messages: 2." in summary


async def test_who_presses_start_all_the_time_is_not_greeted_each_time(scene: Scene) -> None:
    async def press(uow: UnitOfWork) -> None:
        channel = uow.channels[scene.stage.channel_id]
        for number in range(20):
            said = IncomingMessage(Content(text="/start"), "42", f"start {number}")
            await inbound.handle_start(uow, channel, Person("42", "Ana"), said)

    await scene.stage.run_in_uow(press)
    notices = await scene.told(OutboxKind.NOTICE)
    assert sum("Hello Ana" in each for each in notices) == LIMIT
    assert len(await scene.to_customer()) == 1


async def test_without_a_limit_all_is_shown(scene: Scene) -> None:
    scene.stage.uow_factory = UnitOfWorkFactory(scene.stage.channels, [LiveEvents()])
    await scene.writes(*numbered(0, 50))
    assert await scene.told(OutboxKind.COPY) == numbered(0, 50)
    assert await scene.to_customer() == []
