"""A weekend at a desk on each kind of channel, by a clock in hand, with a restart in each step.

It has a night, a holiday, a night in which the clocks go back, an agent who works by the clock and
one who forgets to go offline; customers who are told who answers, wait, are answered late, rate,
come back and fall silent. Each reads what they should, once, in their language.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.traits import TELEGRAM_TRAITS
from bridge.cloud.traits import CLOUD_TRAITS
from bridge.waha.traits import WAHA_TRAITS
from db.database import Database
from db.ids import ChannelId, ConversationId, new_id
from db.tables import (
    AgentStatus,
    Channel,
    ChannelKind,
    ConversationMetrics,
    OfflinePolicy,
    OutboxKind,
    Session,
    StaffMode,
    StatusCause,
)
from desk.actors import AgentActor
from desk.channels import Channels, ServedChannel
from desk.content import Content, IncomingMessage, Person
from desk.conversations import sessions
from desk.conversations.own_chats import open_own_chat
from desk.messages import inbound
from desk.texts import translate
from desk.unit_of_work import UnitOfWork
from scripts.application.projections import list_projections
from tests.desk.day import STEP, Scene, at, chooses, status, times, until, use, works
from tests.desk.stage import GROUP, FakeSender, Stage, thread_of

BERLIN = "Europe/Berlin"
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# Saturday is a holiday; at three in the morning of Sunday it is two again.
HOURS = {
    "time_zone": BERLIN,
    "week": {day: [{"opens": "09:00", "closes": "17:00"}] for day in DAYS},
    "holidays": [{"date": "2026-10-24"}],
}
SETTINGS = {
    "first_answer_minutes": 30,
    "next_answer_minutes": 60,
    "asks_for_rating": True,
    "tells_who_answers": True,
    "reopen_minutes": 120,
    "offline_minutes": 15,
}
TRAITS = {
    ChannelKind.TELEGRAM: TELEGRAM_TRAITS,
    ChannelKind.WHATSAPP_CLOUD: CLOUD_TRAITS,
    ChannelKind.WHATSAPP_WAHA: WAHA_TRAITS,
}
HOUR = timedelta(hours=1)
# The kind of the customers' channel, their language, and whether agents have desks of their own.
WORLDS = [
    (ChannelKind.TELEGRAM, "id", True),
    (ChannelKind.WHATSAPP_CLOUD, "en", False),
    pytest.param((ChannelKind.WHATSAPP_WAHA, "id", False), marks=pytest.mark.long),
    pytest.param((ChannelKind.TELEGRAM, "en", False), marks=pytest.mark.long),
    pytest.param((ChannelKind.WHATSAPP_CLOUD, "id", True), marks=pytest.mark.long),
    pytest.param((ChannelKind.WHATSAPP_WAHA, "en", True), marks=pytest.mark.long),
]


@dataclass
class Weekend(Scene):
    """A desk whose customers and agents are told everything that the channel can tell."""

    language: str = "en"
    # How much of what they got was looked at, for each customer.
    seen: dict[str, int] = field(default_factory=dict)

    @property
    def channel(self) -> ServedChannel:
        return self.stage.channels[self.stage.channel_id]

    def say(self, name: str, **values: object) -> str:
        """Return a text as customers read it."""
        return translate(self.language, name if "." in name else f"customer.{name}", **values)

    def is_there(self, agent: str) -> str:
        """Return what tells customers who answers."""
        return self.say("assigned", agent=agent)

    @property
    def question(self) -> str:
        return self.say("rating" if self.channel.traits.has_buttons else "rating_digits")

    def has_read(self, who: str, *new: str) -> None:
        """Check that a customer got this since the last time, and nothing else."""
        got = [
            # Of an edit, its new words.
            about.partition("=")[2] if method == "edit" else about
            for method, chat, _, about in self.stage.sender.calls
            if chat == who and method in {"deliver", "edit"}
        ]
        seen = self.seen.setdefault(who, 0)
        assert got[seen:] == [*new], who
        self.seen[who] = len(got)

    async def until(self, wall: str, step: timedelta = STEP) -> None:
        await until(self, wall, BERLIN, step)
        await self.stage.deliver()

    async def hires(self, name: str, telegram_id: str) -> AgentActor:
        """Add an agent, who opens their own chat with the staff bot if there is one."""
        agent = await self.hire(name, capacity=9, telegram_id=telegram_id)
        if self.stage.channels.staff_bot is not None:
            await self.stage.run_in_uow(lambda uow: open_own_chat(uow, agent))
        return agent

    async def hears(self, who: str, text: str = "hello") -> ConversationId:
        """Let a customer write, and deliver what follows."""
        conversation = await self.writes(who, text)
        await self.stage.deliver()
        return conversation

    async def tells(self, conversation: ConversationId, agent: AgentActor) -> None:
        await self.answers(conversation, agent)
        await self.stage.deliver()

    async def ends(self, conversation: ConversationId, agent: AgentActor) -> None:
        async def work(uow: UnitOfWork) -> None:
            await sessions.end(uow, await thread_of(uow, conversation), agent)

        await self.stage.run_in_uow(work)
        await self.stage.deliver()

    async def rates(self, who: str, conversation: ConversationId, rating: int) -> None:
        """Press a button below the question, or write a number where there are none."""
        if not self.channel.traits.has_buttons:
            await self.hears(who, str(rating))
            return
        [session] = await self.rows(Session, conversation)
        choice = {"choice": f"rate:{session.id}:{rating}"}
        said = IncomingMessage(Content(text=str(rating), attributes=choice), who, new_id())

        async def press(uow: UnitOfWork) -> None:
            await inbound.receive_choice(uow, self.channel, Person(who, who), said)

        await self.stage.run_in_uow(press)
        await self.stage.deliver()

    async def rows(self, table: Any, conversation: ConversationId) -> list[Any]:
        async with self.stage.database.transaction() as tx:
            wanted = select(table).where(table.conversation_id == conversation)
            return list((await tx.scalars(wanted)).all())

    async def sla(self, conversation: ConversationId) -> tuple[str | None, str | None]:
        [session] = await self.rows(Session, conversation)
        return session.sla_target, session.sla_state

    async def alarms(self) -> list[str]:
        """List the signs before what staff was told about late answers, in order."""
        found = [*await self.told(OutboxKind.STAFF_NOTICE), *await self.told(OutboxKind.GENERAL)]
        return [sign for each in found for sign in ("⏰", "🔴") if sign in each]


async def open_weekend(
    database: Database, kind: ChannelKind, language: str, *, has_own_desks: bool
) -> Weekend:
    """Create a channel of this kind, and a bot that shows its sessions to staff."""
    bot = Channel(id=ChannelId(new_id()), kind=ChannelKind.TELEGRAM, external_id="2", name="Desk")
    bot.is_staff_bot = has_own_desks
    shop = Channel(id=ChannelId(new_id()), kind=kind, external_id="1", name="Shop")
    shop.language, shop.opening_hours, shop.settings = language, HOURS, SETTINGS
    shop.staff_groups, shop.staff_channel_id = [GROUP], bot.id
    shop.offline_policy = OfflinePolicy.HAND_BACK
    shop.staff_mode = StaffMode.PERSONAL if has_own_desks else StaffMode.GROUP
    async with database.transaction() as tx:
        tx.add(bot)
        await tx.flush()
        tx.add(shop)
    served = [
        ServedChannel.from_row(each, enrols_members=False, traits=TRAITS) for each in (shop, bot)
    ]
    stage = Stage(database, shop.id, Channels(served), senders={bot.id: FakeSender(number=5000)})
    made = Weekend(stage, language=language)
    chosen = times(
        end=timedelta(hours=4), reminder=HOUR, silence=HOUR, nobody_free=timedelta(minutes=30)
    )
    use(made, chosen, list_projections())
    at(made, "2026-10-23 08:30", BERLIN)
    return made


@pytest.mark.parametrize("world", WORLDS, ids=lambda each: "-".join(map(str, each)))
async def test_a_weekend(database: Database, world: tuple[ChannelKind, str, bool]) -> None:
    kind, language, has_own_desks = world
    scene = await open_weekend(database, kind, language, has_own_desks=has_own_desks)
    mia, tom = await scene.hires("Mia", "31"), await scene.hires("Tom", "32")
    await chooses(scene, mia, AgentStatus.OFFLINE)
    await works(scene, mia, HOURS)
    ann = await _play_friday(scene, mia, tom)
    bob = await _play_holiday(scene)
    await _play_sunday_morning(scene, mia, ann, bob)
    await _rate_and_come_back(scene, mia, ann)
    await _fall_silent(scene, tom, ann, bob)


async def _play_friday(scene: Weekend, mia: AgentActor, tom: AgentActor) -> ConversationId:
    """Ann is answered in time. When she writes again, one agent goes, and the other forgets to."""
    await chooses(scene, tom, AgentStatus.BUSY)
    await scene.until("2026-10-23 16:00", HOUR)
    ann = await scene.hears("ann")
    await scene.until("2026-10-23 16:10")
    await scene.tells(ann, mia)
    assert await scene.sla(ann) == ("first", "met")
    await scene.until("2026-10-23 16:30")
    await chooses(scene, tom, AgentStatus.ONLINE)
    await scene.until("2026-10-23 16:50")
    await scene.hears("ann")
    await scene.until("2026-10-23 17:20")
    assert await status(scene, mia) == (AgentStatus.OFFLINE, StatusCause.SCHEDULE)
    assert await scene.holder(ann) == tom.agent_id
    scene.has_read("ann", scene.is_there("Mia"), "Hi", scene.is_there("Tom"))
    await scene.until("2026-10-23 18:30")
    assert await status(scene, tom) == (AgentStatus.AWAY, StatusCause.SILENCE)
    assert await scene.holder(ann) is None
    return ann


async def _play_holiday(scene: Weekend) -> ConversationId:
    """In the night and on the holiday customers are told once when somebody is there again."""
    await scene.until("2026-10-23 20:00", HOUR)
    bob = await scene.hears("bob")
    sunday = scene.say("when.sunday", time="09:00 (CET)")
    scene.has_read("bob", scene.say("waiting_until", opening=sunday, place=2))
    await scene.until("2026-10-24 12:00", HOUR)
    await scene.hears("ann")
    tomorrow = scene.say("when.tomorrow", time="09:00 (CET)")
    scene.has_read("ann", scene.say("closed_until", opening=tomorrow))
    await scene.until("2026-10-24 20:00", HOUR)
    for who in ("ann", "bob"):
        await scene.hears(who)
        scene.has_read(who)
    await scene.until("2026-10-25 08:55", HOUR)
    assert await scene.alarms() == []
    return bob


async def _play_sunday_morning(
    scene: Weekend, mia: AgentActor, ann: ConversationId, bob: ConversationId
) -> None:
    """After a night with an hour more, Bob is answered in time, and Ann is not."""
    await scene.until("2026-10-25 09:20")
    assert await status(scene, mia) == (AgentStatus.ONLINE, StatusCause.SCHEDULE)
    await scene.tells(bob, mia)
    assert (await scene.sla(bob), await scene.alarms()) == (("first", "met"), [])
    for minute, state, alarms in (
        (35, "running", ""),
        (45, "warned", "⏰"),
        (55, "breached", "⏰🔴"),
    ):
        await scene.until(f"2026-10-25 09:{minute}")
        assert (await scene.sla(ann), await scene.alarms()) == (("next", state), list(alarms))
    await scene.tells(ann, mia)
    for who in ("ann", "bob"):
        scene.has_read(who, scene.is_there("Mia"), "Hi")


async def _rate_and_come_back(scene: Weekend, mia: AgentActor, ann: ConversationId) -> None:
    """Ann rates, changes her mind, and comes back to the same session and agent."""
    await scene.until("2026-10-25 10:00")
    await scene.ends(ann, mia)
    scene.has_read("ann", scene.say("ended"), scene.question)
    for minute, rating in ((5, 2), (10, 4)):
        await scene.until(f"2026-10-25 10:{minute:02}")
        await scene.rates("ann", ann, rating)
        scene.has_read("ann", scene.say("rating_thanks", rating=rating))
    await scene.until("2026-10-25 11:00")
    await scene.hears("ann", "one more thing")
    assert await scene.holder(ann) == mia.agent_id
    await scene.until("2026-10-25 11:10")
    await scene.tells(ann, mia)
    scene.has_read("ann", scene.is_there("Mia"), "Hi")


async def _fall_silent(
    scene: Weekend, tom: AgentActor, ann: ConversationId, bob: ConversationId
) -> None:
    """Tom does something, so he is back. The customers are silent, and are reminded of it once."""

    async def see(uow: UnitOfWork) -> None:
        uow.note_seen(tom)

    await scene.stage.run_in_uow(see)
    await scene.until("2026-10-25 11:15")
    assert await status(scene, tom) == (AgentStatus.ONLINE, StatusCause.CHOICE)
    await scene.until("2026-10-25 12:25", HOUR)
    scene.has_read("bob", scene.say("idle"))
    scene.has_read("ann")
    await scene.until("2026-10-25 15:30", HOUR)
    scene.has_read("ann", scene.say("idle"), scene.say("ended"))
    scene.has_read("bob", scene.say("ended"), scene.question)
    assert not await scene.is_open(ann)
    assert await scene.alarms() == ["⏰", "🔴"]
    [of_ann] = await scene.rows(ConversationMetrics, ann)
    assert (of_ann.is_first_answer_breached, of_ann.is_next_answer_breached) == (False, True)
    assert (of_ann.rating, of_ann.reopen_count) == (4, 1)
    [of_bob] = await scene.rows(ConversationMetrics, bob)
    assert (of_bob.is_first_answer_breached, of_bob.rating) == (False, None)
