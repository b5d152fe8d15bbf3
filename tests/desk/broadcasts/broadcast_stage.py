"""A broadcast on a stage whose clock moves only when the test says so."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.ids import BroadcastId, ConversationId
from db.queries.broadcasts.audience import Audience
from db.queues import lanes
from db.tables import Broadcast, BroadcastRecipient, RecipientState
from desk.actors import CONSOLE
from desk.broadcasts import lifecycle
from desk.broadcasts.lifecycle import BroadcastPlan
from desk.broadcasts.results import BroadcastReceipts
from desk.broadcasts.sending import Progress, send_some
from desk.channel_traits import DEFAULT_TRAITS, ChannelTraits
from desk.content import Person
from desk.conversations.threads import ensure_thread
from desk.limits.rate_limiter import NO_LIMITS, Limits
from desk.live.projection import LiveEvents
from desk.texts.customer_texts import OwnText
from desk.unit_of_work import UnitOfWork
from desk.unit_of_work_factory import UnitOfWorkFactory
from tests.desk.stage import Stage, open_stage

NO_BROADCAST = BroadcastId("")
NEWS = "Hi {{first_name}}!"


@dataclass
class BroadcastStage:
    """Customers without sessions, and a broadcast to them."""

    stage: Stage
    people: Sequence[ConversationId]
    id: BroadcastId = NO_BROADCAST

    async def create(self, text: str = NEWS, audience: Audience | None = None) -> Broadcast:
        wanted = BroadcastPlan("News", audience or Audience(), OwnText(text))
        made = await self.stage.run_in_uow(lambda uow: lifecycle.create(uow, wanted, by=CONSOLE))
        self.id = made.id
        return made

    async def start(self) -> None:
        await self.create()
        await self.call("start", None)

    async def call(self, verb: str, *more: Any) -> Broadcast:
        """Start, pause, resume or cancel the broadcast."""
        change = getattr(lifecycle, verb)
        done: Broadcast = await self.stage.run_in_uow(
            lambda uow: change(uow, self.id, *more, by=CONSOLE)
        )
        return done

    async def step(self) -> Progress:
        """Do what the job does: list all recipients, then queue some messages."""
        run = (await self.load()).run
        while True:
            done = await self.stage.run_in_uow(lambda uow: send_some(uow, self.id, run))
            if done is not Progress.LISTING:
                return done

    async def finish(self, *, every: float = 1, most: int = 50) -> None:
        """Let time pass until the broadcast is done."""
        for _ in range(most):
            if await self.step() is Progress.STOPPED:
                return
            await self.stage.deliver()
            self.stage.later(every)
        raise AssertionError("the broadcast is never done")

    async def crash(self) -> None:
        """Let every process die that has claimed something, and another take over."""

        async def work(tx: AsyncSession) -> None:
            await lanes.reclaim(tx, self.stage.now, all_of_them=True)

        await self.stage.database.run(work)

    async def load(self) -> Broadcast:
        async with self.stage.database.transaction() as tx:
            return (await tx.scalars(select(Broadcast).where(Broadcast.id == self.id))).one()

    async def recipients(self) -> list[BroadcastRecipient]:
        async with self.stage.database.transaction() as tx:
            these = select(BroadcastRecipient).where(BroadcastRecipient.broadcast_id == self.id)
            return list((await tx.scalars(these.order_by(BroadcastRecipient.client_id))).all())

    async def counts(self) -> dict[str, int]:
        return dict(Counter(each.state.value for each in await self.recipients()))

    async def reasons(self, state: RecipientState) -> list[str | None]:
        return [each.reason for each in await self.recipients() if each.state is state]

    def sent(self) -> list[str]:
        """List the addresses to which the broadcast was sent."""
        calls = self.stage.sender.calls
        return [chat for method, chat, _, about in calls if method == "deliver" and "Hi " in about]


async def open_broadcast_stage(
    database: Database,
    many: int = 3,
    *,
    limits: Limits = NO_LIMITS,
    traits: ChannelTraits = DEFAULT_TRAITS,
) -> BroadcastStage:
    """Add so many customers, named by their addresses 1, 2, 3 …"""
    stage = await open_stage(database, traits, limits=limits)
    projections = [LiveEvents(), BroadcastReceipts()]
    stage.uow_factory = UnitOfWorkFactory(stage.channels, projections)

    async def add_people(uow: UnitOfWork) -> list[ConversationId]:
        channel = stage.channels[stage.channel_id]
        people = [Person(str(n), f"Ann{n} Smith") for n in range(1, many + 1)]
        return [(await ensure_thread(uow, channel, each)).conversation_id for each in people]

    return BroadcastStage(stage, await stage.run_in_uow(add_people))
