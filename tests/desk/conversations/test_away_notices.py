"""Nights, holidays, a clock change and an agent who forgets to go offline, by a clock in hand."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from db.database import Database
from db.ids import AgentId, ConversationId, new_id
from db.tables import Agent, AgentKind, AgentStatus, OutboxKind, Role, User
from desk.actors import AgentActor, human_agent
from desk.business_hours import parse_hours
from desk.causes import Cause
from desk.content import Content, IncomingMessage, Person
from desk.conversations import sessions
from desk.messages import inbound, outbound
from desk.setup.hours_orders import apply_order
from desk.unit_of_work import UnitOfWork
from tests.desk.stage import Stage, open_stage, thread_of


class Scene:
    """A desk with opening hours, and Mia, who is always online."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def open(self, *orders: str) -> None:
        document = None
        for order in orders:
            document = apply_order(order, document)
        assert document is not None
        self.stage.channels.replace_all(
            replace(each, hours=parse_hours(document)) for each in self.stage.channels
        )

    async def hire(self) -> AgentActor:
        user = User(name="Mia", email="mia@x.test", password_hash="x", role=Role.CS)
        agent = Agent(id=AgentId(new_id()), kind=AgentKind.HUMAN, name="Mia", user_id=user.id)
        agent.status = AgentStatus.ONLINE
        async with self.stage.database.transaction() as tx:
            tx.add(user)
            await tx.flush()
            tx.add(agent)
        return human_agent("Mia", agent.id, user.id, Role.CS)

    async def writes(self, at: str, text: str = "hello") -> ConversationId:
        """Let the customer write at a UTC time."""
        self.stage.now = datetime.fromisoformat(at).replace(tzinfo=UTC)

        async def work(uow: UnitOfWork) -> ConversationId:
            said = IncomingMessage(Content(text=text), "ann", new_id())
            channel = uow.channels[self.stage.channel_id]
            await inbound.receive_message(uow, channel, Person("ann", "Ann"), said, Cause.MESSAGE)
            return next(each.conversation_id for each in uow.threads.values())

        return await self.stage.run_in_uow(work)

    async def answers(self, conversation: ConversationId, mia: AgentActor) -> None:
        async def work(uow: UnitOfWork) -> None:
            thread = await thread_of(uow, conversation)
            said = IncomingMessage(Content(text="Hi"), "-1001", new_id())
            await outbound.reply_from_topic(uow, thread, mia, said)

        await self.stage.run_in_uow(work)

    async def ends(self, conversation: ConversationId, mia: AgentActor) -> None:
        async def work(uow: UnitOfWork) -> None:
            await sessions.end(uow, await thread_of(uow, conversation), mia, is_told=False)

        await self.stage.run_in_uow(work)

    async def told(self) -> list[str]:
        """Return the notices to the customer so far."""
        rows = await self.stage.outbox()
        return [row.payload["content"]["text"] for row in rows if row.kind is OutboxKind.NOTICE]


@pytest.fixture
async def scene(database: Database) -> Scene:
    return Scene(await open_stage(database))


async def test_an_agent_who_forgets_to_go_offline_leaves_nobody_in_the_dark(scene: Scene) -> None:
    scene.open("Asia/Jakarta mon-fri 9-17", "holiday 2026-01-07 Day off")
    mia = await scene.hire()
    ann = await scene.writes("2026-01-05 05:00")  # Monday noon in Jakarta
    assert await scene.told() == []
    await scene.answers(ann, mia)
    await scene.writes("2026-01-05 10:05")  # Monday 17:05; Mia answered long ago
    [told] = await scene.told()
    assert "We are closed now and open again tomorrow at 09:00 (WIB)." in told
    await scene.writes("2026-01-05 15:00")
    assert len(await scene.told()) == 1, "once in a session"

    await scene.ends(ann, mia)
    await scene.writes("2026-01-06 03:00")  # Tuesday morning
    assert len(await scene.told()) == 1
    scene.stage.now = datetime(2026, 1, 6, 10, 30, tzinfo=UTC)  # Tuesday 17:30
    await scene.answers(ann, mia)
    await scene.writes("2026-01-06 10:40")
    assert len(await scene.told()) == 1, "Mia is there"
    await scene.writes("2026-01-06 10:50")
    assert "open again on Thursday at 09:00 (WIB)." in (await scene.told())[1], "after the holiday"


async def test_a_holiday_and_a_clock_change(scene: Scene) -> None:
    scene.open("Europe/Berlin mon-sun 9-17", "holiday 2026-10-24")
    mia = await scene.hire()
    ann = await scene.writes("2026-10-24 10:00")  # a holiday; at night the clocks change
    assert "open again tomorrow at 09:00 (CET)." in (await scene.told())[-1]
    await scene.ends(ann, mia)
    await scene.writes("2026-10-25 07:30")  # 08:30 in winter time
    assert "open again today at 09:00 (CET)." in (await scene.told())[-1]
    await scene.ends(ann, mia)
    await scene.writes("2026-10-25 08:30")  # 09:30; in summer time it would be open since 07:00 UTC
    assert len(await scene.told()) == 2


async def test_who_waits_is_told_with_the_queue_notice(scene: Scene) -> None:
    scene.open("Asia/Jakarta mon-fri closed")
    ann = await scene.writes("2026-01-05 20:00")
    [told] = await scene.told()
    assert "We are closed at the moment. You are number 1 in the queue." in told
    await scene.writes("2026-01-05 20:10")
    mia = await scene.hire()
    await scene.answers(ann, mia)
    await scene.writes("2026-01-05 22:00")
    assert await scene.told() == [told], "once in a session"
