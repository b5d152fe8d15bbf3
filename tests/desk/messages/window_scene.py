"""A stage whose channel has a reply window, with an agent and templates."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.ids import AgentId, ConversationId, MessageId, new_id
from db.queues import inbox
from db.queues.inbox import InboxRow
from db.tables import (
    Agent,
    AgentKind,
    Event,
    Inbox,
    InboxState,
    OutboxKind,
    Role,
    TemplateStatus,
    User,
    WhatsAppMessageTemplate,
)
from desk.actors import AgentActor, human_agent
from desk.causes import Cause
from desk.channel_traits import ChannelTraits
from desk.content import Content, IncomingMessage, Person
from desk.messages import inbound, outbound, window_timer
from desk.receiving.timers import Timer, TimerReceiver, is_timer
from desk.unit_of_work import UnitOfWork
from tests.desk.stage import Stage, open_stage, thread_of

DAY = timedelta(hours=24)
WINDOW = ChannelTraits(reply_window=DAY)


@dataclass
class Scene:
    """A stage with an agent and one customer's conversation."""

    stage: Stage
    mia: AgentActor
    ann: ConversationId

    async def writes(self, text: str = "hello", *, at: datetime | None = None) -> None:
        """Receive a message of the customer; its outbox rows are not delivered yet."""

        async def wrote(uow: UnitOfWork) -> None:
            said = IncomingMessage(Content(text=text), "42", new_id(), at=at)
            channel = uow.channels[self.stage.channel_id]
            await inbound.receive_message(uow, channel, Person("42", "Ann"), said, Cause.MESSAGE)

        await self.stage.run_in_uow(wrote)

    async def answers(self, text: str = "Hi!", **more: Any) -> MessageId:
        """Reply as the agent, from the topic."""

        async def answer(uow: UnitOfWork) -> MessageId:
            thread = await thread_of(uow, self.ann)
            said = IncomingMessage(Content(text=text, **more), "-1001", str(int(self.stage.at)))
            return await outbound.reply_from_topic(uow, thread, self.mia, said)

        return await self.stage.run_in_uow(answer)

    async def template(self, **fields: Any) -> str:
        values = {
            "name": "hello",
            "language": "en",
            "status": TemplateStatus.APPROVED,
            "components": [{"type": "BODY", "text": "Hello {{name}}!"}],
            "is_named": True,
        }
        row = WhatsAppMessageTemplate(channel_id=self.stage.channel_id, **{**values, **fields})
        async with self.stage.database.transaction() as tx:
            tx.add(row)
        return row.id

    async def notices(self) -> list[dict[str, Any]]:
        """Return the notices in the topic, newest last."""
        rows = await self.stage.outbox()
        return [row.payload for row in rows if row.kind is OutboxKind.STAFF_NOTICE]

    async def told(self) -> list[str]:
        return [each["content"]["text"] for each in await self.notices()]

    async def buttons(self) -> list[str]:
        """Return the data of the buttons below the newest notice."""
        [*_, newest] = await self.notices()
        return [each["data"] for row in newest.get("buttons", []) for each in row]

    async def timers(self) -> list[datetime]:
        """Return the times for which timers are set."""
        wanted = select(Inbox.due_at).where(Inbox.state == InboxState.PENDING)
        async with self.stage.database.transaction() as tx:
            return sorted((await tx.scalars(wanted)).all())

    async def run_due_timers(self) -> int:
        """Handle the timers that are due, as the worker does; return how many."""
        async with self.stage.database.transaction() as tx:
            lanes = set((await tx.scalars(select(Inbox.lane))).all())

        async def handle(tx: AsyncSession) -> int:
            found = await inbox.read_oldest(tx, sorted(lanes), 5)
            due: list[InboxRow] = [
                row for rows in found.values() for row in rows if row.due_at <= self.stage.now
            ]
            assert all(is_timer(row) for row in due)
            uow = self.stage.uow_factory.create(tx, self.stage.now)
            receiver = TimerReceiver({Timer.WINDOW: window_timer.handle_window_timer})
            for handling in await receiver.prepare(uow, due):
                await handling()
            await inbox.settle(tx, [row.id for row in due], self.stage.now)
            await uow.flush()
            return len(due)

        return await self.stage.database.run(handle)

    async def until(self) -> datetime | None:
        return (await self.stage.thread(self.ann)).reply_until

    async def close(self) -> None:
        """Let a day pass without a message of the customer."""
        self.stage.later(DAY.total_seconds() + 1)
        await self.stage.deliver()

    async def events(self) -> str:
        async with self.stage.database.transaction() as tx:
            return "".join((await tx.scalars(select(Event.records).order_by(Event.id))).all())


async def state(scene: Scene, message_id: MessageId) -> tuple[str, bool]:
    """Return a message's delivery state, and whether it has an error."""
    message = await scene.stage.message(message_id)
    return message.delivery_state.value, message.delivery_error is not None


async def open_scene(database: Database) -> Scene:
    """Create a scene: the customer wrote just now, and the agent holds the session."""
    stage = await open_stage(database, WINDOW)
    user = User(name="Mia", email="mia@example.com", password_hash="x", role=Role.CS)
    async with database.transaction() as tx:
        tx.add(user)
        await tx.flush()
        agent = Agent(id=AgentId(new_id()), kind=AgentKind.HUMAN, name="Mia", user_id=user.id)
        tx.add(agent)
    ann = await stage.customer("Ann")
    await stage.change("staff_places", topic="7", card="8")
    scene = Scene(stage, human_agent("Mia", agent.id, user.id, Role.CS), ann)
    await scene.writes()
    await scene.answers("I am Mia.")
    await stage.deliver()
    return scene
