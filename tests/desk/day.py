"""A day at a desk, with a clock in hand: agents, customers, timers that run when they are due."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db.ids import AgentId, ConversationId, new_id
from db.queues import inbox
from db.queues.inbox import InboxRow
from db.tables import (
    Agent,
    AgentKind,
    AgentStatus,
    Inbox,
    OutboxKind,
    Role,
    StatusCause,
    User,
)
from desk.actors import SYSTEM, AgentActor, human_agent
from desk.causes import Cause
from desk.content import Content, IncomingMessage, Person
from desk.conversations.agents import set_working_hours
from desk.conversations.presence import set_status
from desk.conversations.session_timers import SessionTimers
from desk.live.projection import LiveEvents
from desk.messages import inbound, outbound
from desk.projections import Projection
from desk.receiving.timers import TimerReceiver
from desk.session_times import SessionTimes
from desk.unit_of_work import UnitOfWork
from desk.unit_of_work_factory import UnitOfWorkFactory
from scripts.application.timers import list_timers
from scripts.monitoring.desk_watch import DeskWatch
from tests.desk.stage import Stage, thread_of

MINUTE, HOUR = 60.0, 3600.0
STEP = timedelta(minutes=5)
T = TypeVar("T")


@dataclass
class Scene:
    """A desk with agents of a small capacity."""

    stage: Stage
    agents: list[AgentActor] = field(default_factory=list)

    async def hire(self, name: str, capacity: int, telegram_id: str | None = None) -> AgentActor:
        user = User(name=name, email=f"{name}@x.test", password_hash="x", role=Role.CS)
        user.telegram_id = telegram_id
        async with self.stage.database.transaction() as tx:
            tx.add(user)
            await tx.flush()
            agent = Agent(
                id=AgentId(new_id()),
                kind=AgentKind.HUMAN,
                name=name,
                user_id=user.id,
                status=AgentStatus.ONLINE,
                capacity=capacity,
            )
            tx.add(agent)
        self.agents.append(human_agent(name, agent.id, user.id, Role.CS))
        return self.agents[-1]

    async def writes(self, who: str, text: str = "hello") -> ConversationId:
        async def work(uow: UnitOfWork) -> ConversationId:
            said = IncomingMessage(Content(text=text), who, new_id(), at=uow.now)
            channel = uow.channels[self.stage.channel_id]
            await inbound.receive_message(uow, channel, Person(who, who), said, Cause.MESSAGE)
            return next(
                each.conversation_id for each in uow.threads.values() if each.external_id == who
            )

        return await self.stage.run_in_uow(work)

    async def answers(self, conversation: ConversationId, agent: AgentActor) -> None:
        async def work(uow: UnitOfWork) -> None:
            thread = await thread_of(uow, conversation)
            said = IncomingMessage(Content(text="Hi"), "-1001", new_id())
            await outbound.reply_from_topic(uow, thread, agent, said)

        await self.stage.run_in_uow(work)

    async def holder(self, conversation: ConversationId) -> AgentId | None:
        return (await self.stage.thread(conversation)).holder_id

    async def is_open(self, conversation: ConversationId) -> bool:
        return (await self.stage.thread(conversation)).session_id is not None

    async def later(self, seconds: float) -> None:
        """Let time pass, after which another process goes on."""
        await self.pass_time(seconds)
        await self.stage.restart()

    async def pass_time(self, seconds: float) -> None:
        """Let time pass; timers run when they are due, as the worker runs them."""
        end = self.stage.now + timedelta(seconds=seconds)
        while due := await self._next_timer(end):
            self.stage.later(max(0.0, (due - self.stage.now).total_seconds()))
            await self.stage.database.run(self._run_timers)
        self.stage.later((end - self.stage.now).total_seconds())

    async def _next_timer(self, end: datetime) -> datetime | None:
        async with self.stage.database.transaction() as tx:
            wanted = select(Inbox.due_at).where(Inbox.state == "pending", Inbox.due_at <= end)
            found: datetime | None = await tx.scalar(wanted.order_by(Inbox.due_at).limit(1))
            return found

    async def _run_timers(self, tx: AsyncSession) -> None:
        names = (await tx.scalars(select(Inbox.lane).where(Inbox.state == "pending"))).all()
        found = await inbox.read_oldest(tx, sorted(set(names)), 5)
        due: list[InboxRow] = [
            row for rows in found.values() for row in rows if row.due_at <= self.stage.now
        ]
        uow = self.stage.uow_factory.create(tx, self.stage.now)
        for handle in await TimerReceiver(list_timers()).prepare(uow, due):
            await handle()
        await inbox.settle(tx, [row.id for row in due], self.stage.now)
        await uow.flush()

    async def told(self, kind: OutboxKind) -> list[str]:
        return [
            row.payload["content"]["text"]
            for row in await self.stage.outbox()
            if row.kind is kind and "content" in row.payload
        ]


@dataclass
class Runner:
    """Runs the desk's own transactions on a stage."""

    stage: Stage

    async def run(self, work: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        return await self.stage.run_in_uow(work)


def at(scene: Scene, wall: str, zone: str = "Asia/Jakarta") -> None:
    """Set the clock."""
    scene.stage.now = datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


async def until(
    scene: Scene, wall: str, zone: str = "Asia/Jakarta", step: timedelta = STEP
) -> None:
    """Let time pass until then; the desk looks after its agents in each step.

    Then another process goes on.
    """
    now = scene.stage.now
    at(scene, wall, zone)
    end, scene.stage.now = scene.stage.now, now
    while scene.stage.now < end:
        await scene.pass_time(min(step, end - scene.stage.now).total_seconds())
        assert await DeskWatch(Runner(scene.stage)).check()
    await scene.stage.restart()


async def works(scene: Scene, agent: AgentActor, hours: dict[str, Any] | None) -> None:
    await scene.stage.run_in_uow(
        lambda uow: set_working_hours(uow, agent.agent_id, hours, by=SYSTEM)
    )


async def chooses(scene: Scene, agent: AgentActor, status: AgentStatus) -> None:
    await scene.stage.run_in_uow(lambda uow: set_status(uow, agent, status))


async def status(scene: Scene, agent: AgentActor) -> tuple[AgentStatus, StatusCause]:
    async with scene.stage.database.transaction() as tx:
        row = (await tx.scalars(select(Agent).where(Agent.id == agent.agent_id))).one()
    return row.status, row.status_cause


def times(**changes: timedelta | None) -> SessionTimes:
    chosen = {
        "idle": timedelta(hours=1),
        "end": timedelta(hours=10),
        "reminder": timedelta(hours=2),
        "nobody_free": timedelta(minutes=30),
    }
    return SessionTimes(**{**chosen, **changes})  # type: ignore[arg-type]


def use(
    scene: Scene, chosen: SessionTimes, projections: Sequence[Projection[UnitOfWork]] = ()
) -> None:
    """Have the desk use these times, and these projections instead of those of timers."""
    scene.stage.uow_factory = UnitOfWorkFactory(
        scene.stage.channels,
        [*projections] or [LiveEvents(), SessionTimers()],
        session_times=chosen,
    )
