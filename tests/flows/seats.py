"""Where an agent answers a customer: a topic of the group, a topic of their own chat, or a chat."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Protocol

from db.tables import ChannelKind
from sandbox.telegram.client import TelegramSandbox
from tests.flows.channel_stages import prepare_channel_stage
from tests.flows.chat_message import ChatMessage, from_telegram
from tests.flows.customers import Customer, TelegramCustomer
from tests.flows.desks import STAFF_ID, STAFF_TOKEN, DeskAgent, OwnTopic
from tests.flows.staff import Json, Person, Topic
from tests.flows.stage import BOT_ID, Stage

GROUP, PERSONAL, PERSONAL_WITHOUT_TOPICS = "group", "personal", "personal-without-topics"


class Seat(Protocol):
    """An agent in front of one conversation."""

    async def writes(
        self, text: str | None = None, *, reply_to: ChatMessage | None = None, **more: Any
    ) -> ChatMessage: ...

    async def edits(self, message: ChatMessage, text: str) -> None: ...

    async def reacts(self, message: ChatMessage, emoji: str) -> None: ...

    async def shown(self) -> list[ChatMessage]:
        """Return what the desk showed, without cards and boards, in order."""

    async def wait_for(self, text: str, *, edited: bool = False) -> ChatMessage: ...

    async def card(self, *parts: str) -> ChatMessage: ...


class GroupSeat:
    """An agent in a topic of the staff group."""

    def __init__(self, person: Person, topic: Topic) -> None:
        self.person = person
        self.topic = topic

    async def writes(
        self, text: str | None = None, *, reply_to: ChatMessage | None = None, **more: Any
    ) -> ChatMessage:
        return await self.person.writes(self.topic, text, reply_to=reply_to, **more)

    async def edits(self, message: ChatMessage, text: str) -> None:
        await self.person.edits(message, text)

    async def reacts(self, message: ChatMessage, emoji: str) -> None:
        await self.person.reacts(message, emoji)

    async def shown(self) -> list[ChatMessage]:
        return await self.topic.list_messages()

    async def wait_for(self, text: str, *, edited: bool = False) -> ChatMessage:
        return await self.topic.wait_for(text, edited=edited)

    async def card(self, *parts: str) -> ChatMessage:
        return await self.topic.card(*parts)


class OwnSeat:
    """An agent in their own chat, in a topic or, if `label` is the customer's name, without."""

    def __init__(
        self, telegram: TelegramSandbox, agent: DeskAgent, topic: OwnTopic, label: str = ""
    ) -> None:
        self.telegram = telegram
        self.agent = agent
        self.topic = topic
        self.label = f"{label}\n" if label else ""

    async def writes(
        self, text: str | None = None, *, reply_to: ChatMessage | None = None, **more: Any
    ) -> ChatMessage:
        said: Any = await self.agent.writes(self.topic, text, reply_to=reply_to, **more)
        last = said[-1] if isinstance(said, list) else said
        heard = from_telegram({**last, "_pinned": False, "_reactions": []})
        assert heard is not None
        return heard

    async def edits(self, message: ChatMessage, text: str) -> None:
        await self.telegram.edit(
            self.agent.user, self.agent.user, int(message.id), text, bot=STAFF_ID
        )

    async def reacts(self, message: ChatMessage, emoji: str) -> None:
        user = self.agent.user
        await self.telegram.react(user, user, int(message.id), emoji, bot=STAFF_ID)

    async def shown(self) -> list[ChatMessage]:
        return await self.topic.shown()

    async def wait_for(self, text: str, *, edited: bool = False) -> ChatMessage:
        return await self.topic.wait_for(text, edited=edited)

    async def card(self, *parts: str) -> ChatMessage:
        return await self.topic.card(*parts)


@asynccontextmanager
async def run_seat_stage(kind: ChannelKind, mode: str, url: str) -> AsyncIterator[Stage]:
    """Run a stage for customers of this kind of channel, whose agents answer in this way."""
    own: Json = {"staff_mode": "personal", "telegram_staff_bot_token": STAFF_TOKEN}
    settings: Json = {"customer_limit": 0, **({} if mode == GROUP else own)}
    async with prepare_channel_stage(kind, url, **settings) as stage:
        if mode != GROUP:
            await stage.telegram.add_bot(STAFF_TOKEN, "staff_bot", "Staff desk")
            await stage.telegram.set_threaded_mode(STAFF_ID, enabled=mode == PERSONAL)
        async with stage.desk() as stage.address:
            await stage.connect()
            yield stage


async def take_seat(stage: Stage, mode: str, ann: Customer) -> Seat:
    """Let a new agent answer a customer, who writes first."""
    person = await stage.agent("Mia", online=mode != GROUP)
    agent = DeskAgent(stage.telegram, person)
    if mode != GROUP:
        await agent.starts()
    if isinstance(ann, TelegramCustomer):
        ann.bot = BOT_ID
    await ann.begins()
    await ann.says("C00 hello")
    if mode == GROUP:
        topic = await stage.topic(ann)
        await topic.wait_for("C00 hello")
        return GroupSeat(person, topic)
    if mode == PERSONAL:
        own = await agent.topic(ann.name)
        await own.wait_for("C00 hello")
        return OwnSeat(stage.telegram, agent, own)
    await agent.chat.wait_for("C00 hello")
    board = await agent.board()
    await agent.presses(board, next(each for each in board.buttons if ann.name in each))
    return OwnSeat(stage.telegram, agent, agent.chat, ann.name)
