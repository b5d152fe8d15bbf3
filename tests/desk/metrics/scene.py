"""A desk with its figures: customers who write, and agents, AI agents and rules who answer."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from db.database import Database
from db.ids import AgentId, ConversationId, MessageId, SessionId, new_id
from db.queries.conversations.threads import Thread
from db.queries.messages.delivery_states import set_delivery_state
from db.tables import (
    Agent,
    AgentKind,
    Conversation,
    ConversationMetrics,
    DeliveryState,
    Direction,
    Message,
    Role,
    Session,
    User,
)
from desk import actors
from desk.actors import Actor, AgentActor
from desk.business_hours import parse_hours
from desk.channels import Channels
from desk.content import Content
from desk.conversations import actions, sessions, transfers
from desk.conversations.actions import SessionActionError
from desk.conversations.holders import HandedOver, Opened, change_holder
from desk.events import DeliveryChanged
from desk.live.projection import LiveEvents
from desk.metrics.check import Difference, find_differences
from desk.metrics.projection import SessionMetrics
from desk.unit_of_work import UnitOfWork
from tests.desk.stage import Stage, open_stage, thread_of

# A Monday.
BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
Work = Callable[[UnitOfWork, Thread], Awaitable[object]]


@dataclass
class Scene:
    stage: Stage
    mia: AgentActor
    tom: AgentActor
    robot: AgentActor
    ana: ConversationId

    @property
    def now(self) -> datetime:
        return self.stage.now

    def at(self, minutes: float) -> None:
        """Set the time, in minutes since the scene began."""
        self.stage.now = BEGIN + timedelta(minutes=minutes)

    async def act(self, *works: Work, customer: ConversationId | None = None) -> None:
        """Do something in one transaction; what is not possible changes nothing."""

        async def whole(uow: UnitOfWork) -> None:
            thread = await thread_of(uow, customer or self.ana)
            for work in works:
                await work(uow, thread)

        with suppress(SessionActionError):
            await self.stage.run_in_uow(whole)

    async def figures(self, customer: ConversationId | None = None) -> ConversationMetrics:
        """Return the figures of a customer's newest session."""
        wanted = (
            select(ConversationMetrics)
            .where(ConversationMetrics.conversation_id == (customer or self.ana))
            .order_by(ConversationMetrics.opened_at.desc())
        )
        async with self.stage.database.transaction() as tx:
            found = (await tx.scalars(wanted)).first()
        assert found is not None
        return found

    async def differences(self) -> list[Difference]:
        return [each async for batch in find_differences(self.stage.database) for each in batch]

    async def set_hours(self, hours: dict[str, Any]) -> None:
        """Give the channel opening hours."""
        channel = replace(self.stage.channels[self.stage.channel_id], hours=parse_hours(hours))
        self.stage.channels = Channels([channel])
        self.stage.uow_factory = replace(self.stage.uow_factory, channels=self.stage.channels)
        await self.stage.change("channels", opening_hours=hours)


# What can be done in a conversation


async def open_session(uow: UnitOfWork, thread: Thread) -> None:
    """Open a session that waits."""
    if thread.session_id is None:
        await change_holder(uow, thread, None, Opened())


async def ask(uow: UnitOfWork, thread: Thread) -> None:
    """Let the customer write."""
    await open_session(uow, thread)
    uow.add_message(
        thread,
        Content(text="?"),
        author=actors.customer("Ana"),
        direction=Direction.INBOUND,
        state=DeliveryState.RECEIVED,
    )


def answer(author: Actor, state: DeliveryState = DeliveryState.PENDING) -> Work:
    async def work(uow: UnitOfWork, thread: Thread) -> MessageId:
        return uow.add_message(
            thread, Content(text="!"), author=author, direction=Direction.OUTBOUND, state=state
        )

    return work


async def note(uow: UnitOfWork, thread: Thread) -> None:
    uow.add_message(
        thread,
        Content(text="hm"),
        author=actors.human("Mia"),
        direction=Direction.INTERNAL,
        state=DeliveryState.RECEIVED,
    )


def set_state(message_id: MessageId, state: DeliveryState, **more: Any) -> Work:
    async def work(uow: UnitOfWork, _: Thread) -> None:
        await set_delivery_state(uow.tx, message_id, state, None)
        uow.events.add(DeliveryChanged(message_id, state, **more))

    return work


async def find_last_answer(uow: UnitOfWork, thread: Thread) -> Message | None:
    """Find the customer's newest answer."""
    wanted = (
        select(Message)
        .where(Message.conversation_id == thread.conversation_id)
        .where(Message.direction == Direction.OUTBOUND)
        .order_by(Message.id.desc())
        .limit(1)
    )
    return (await uow.tx.scalars(wanted.execution_options(populate_existing=True))).first()


def claim(agent: AgentActor) -> Work:
    return lambda uow, thread: sessions.claim(uow, thread, agent)


def assign(agent: AgentActor, by: AgentActor) -> Work:
    async def work(uow: UnitOfWork, thread: Thread) -> None:
        if thread.session_id is not None:
            await transfers.assign(uow, thread, thread.session_id, agent, by=by, reason=None)

    return work


def hand_back(by: AgentActor) -> Work:
    async def work(uow: UnitOfWork, thread: Thread) -> None:
        if thread.session_id is not None and thread.holder_id is not None:
            await change_holder(uow, thread, None, HandedOver("shift ends"), by=by)

    return work


def end(by: AgentActor) -> Work:
    return lambda uow, thread: sessions.end(uow, thread, by)


def reopen(by: AgentActor) -> Work:
    async def work(uow: UnitOfWork, thread: Thread) -> None:
        last = await uow.tx.execute(
            select(Session.id, Session.cs_id)
            .where(Session.conversation_id == thread.conversation_id)
            .order_by(Session.number.desc())
            .limit(1)
        )
        session_id, former = last.first() or (None, None)
        if session_id is not None:
            await actions.reopen_session(uow, thread, session_id, by, former)

    return work


async def open_scene(database: Database) -> Scene:
    """Create a desk with two agents, an AI agent, and a customer who has not written yet."""
    stage = await open_stage(database)
    stage.now = BEGIN
    stage.uow_factory = replace(stage.uow_factory, projections=[LiveEvents(), SessionMetrics()])
    mia, tom = [await _add_agent(stage, name) for name in ("Mia", "Tom")]
    robot = Agent(id=AgentId(new_id()), kind=AgentKind.AI, name="Robot")
    async with database.transaction() as tx:
        tx.add(robot)
    scene = Scene(stage, mia, tom, actors.ai_agent(robot.id, "Robot"), ConversationId(""))
    scene.ana = await add_customer(scene, "Ana")
    return scene


async def add_customer(scene: Scene, name: str) -> ConversationId:
    """Add a customer without a session."""
    known = await scene.stage.customer(name, new_id())
    async with scene.stage.database.transaction() as tx:
        conversation = await tx.get_one(Conversation, known)
        conversation.session_count = 0
        row = (await tx.scalars(select(Session).where(Session.conversation_id == known))).one()
        figures = await tx.get_one(ConversationMetrics, SessionId(row.id))
        await tx.delete(figures)
        await tx.flush()
        await tx.delete(row)
    return known


async def _add_agent(stage: Stage, name: str) -> AgentActor:
    user = User(name=name, email=f"{new_id()}@example.com", password_hash="x", role=Role.CS)
    async with stage.database.transaction() as tx:
        tx.add(user)
        await tx.flush()
        agent = Agent(id=AgentId(new_id()), kind=AgentKind.HUMAN, name=name, user_id=user.id)
        tx.add(agent)
    return actors.human_agent(name, agent.id, user.id, Role.CS)
