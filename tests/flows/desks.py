"""Agents with desks of their own: a staff bot, and the topics of their private chats with it."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from db.tables import Role
from sandbox.telegram.client import TelegramSandbox
from tests.flows.chat_message import ChatMessage, from_telegram
from tests.flows.customers import TelegramCustomer
from tests.flows.eventually import eventually
from tests.flows.staff import Json, Person
from tests.flows.stage import BOT_ID, Stage, prepare_stage

STAFF_TOKEN = "777777:" + "S" * 35
STAFF_ID = 777777
_NUMBERS = itertools.count(1)


class OwnTopic:
    """A topic of an agent's own chat; thread None is the whole chat."""

    def __init__(
        self, telegram: TelegramSandbox, user: Json, thread: int | None, name: str
    ) -> None:
        self.telegram = telegram
        self.user = user
        self.thread = thread
        self.name = name

    async def all(self) -> list[ChatMessage]:
        messages = await self.telegram.messages(self.user, self.thread, bot=STAFF_ID)
        return [heard for each in messages if (heard := from_telegram(each))]

    async def shown(self) -> list[ChatMessage]:
        """Return the desk's messages in the topic, without the card and the board."""
        shown = [each for each in await self.all() if each.by_desk and not each.is_card]
        return [each for each in shown if not each.pinned]

    async def texts(self) -> list[str]:
        return [each.text for each in await self.shown()]

    async def wait_for(self, text: str, *, edited: bool = False) -> ChatMessage:
        async def found() -> ChatMessage | None:
            shown = (each for each in await self.shown() if each.edited or not edited)
            return next((each for each in shown if text in each.text), None)

        return await eventually(found, f"the topic {self.name!r} shows {text[:60]!r}")

    async def card(self, *parts: str) -> ChatMessage:
        """Wait for a card that shows all these parts."""

        async def found() -> ChatMessage | None:
            cards = [each for each in await self.all() if each.is_card]
            return next((one for one in cards if all(part in one.text for part in parts)), None)

        return await eventually(found, f"the topic {self.name!r} has a card with {parts}")


class DeskAgent:
    """An agent who has, or may get, a desk of their own."""

    def __init__(self, telegram: TelegramSandbox, person: Person) -> None:
        self.telegram = telegram
        self.person = person
        self.user = person.user
        self.name = person.name
        self.agent_id = person.agent_id

    async def says(self, text: str | None = None, **more: Any) -> Json:
        """Write to the staff bot, outside of topics unless `thread` names one."""
        said: Json = await self.telegram.say(self.user, text, bot=STAFF_ID, **more)
        return said

    async def writes(
        self,
        topic: OwnTopic,
        text: str | None = None,
        *,
        reply_to: ChatMessage | None = None,
        **more: Any,
    ) -> Json:
        answered = int(reply_to.id) if reply_to else None
        return await self.says(text, thread=topic.thread, reply_to=answered, **more)

    async def starts(self) -> None:
        """Start the staff bot, and wait until it knows."""
        await self.says("/start")
        await self.hears("this is your desk")

    async def hears(self, text: str, *, after: int = 0) -> ChatMessage:
        """Wait for a message of the staff bot anywhere in the chat."""

        async def found() -> ChatMessage | None:
            heard = await self.list_heard()
            later = (each for each in heard if int(each.id) > after)
            return next((each for each in later if text in each.text), None)

        return await eventually(found, f"{self.name} hears {text!r}")

    async def list_heard(self) -> list[ChatMessage]:
        messages = await self.telegram.messages(self.user, bot=STAFF_ID)
        heard = (from_telegram(each) for each in messages)
        return [each for each in heard if each and each.by_desk]

    async def list_topics(self) -> list[Json]:
        found = await self.telegram.topics(self.user, bot=STAFF_ID)
        return [each for each in found if not each["deleted"]]

    @property
    def chat(self) -> "OwnTopic":
        """Return the whole chat, where the bot has no topics."""
        return OwnTopic(self.telegram, self.user, None, "the chat itself")

    async def board(self, *parts: str) -> ChatMessage:
        """Wait for the pinned board of a chat without topics to show all these parts."""

        async def found() -> ChatMessage | None:
            heard = await self.list_heard()
            pinned = [each for each in heard if each.pinned and not each.is_card]
            assert len(pinned) < 2, "two boards"
            return next((one for one in pinned if all(part in one.text for part in parts)), None)

        return await eventually(found, f"{self.name}'s board shows {parts}")

    async def topic(self, name: str) -> OwnTopic:
        """Wait for a topic of this name."""

        async def found() -> Json | None:
            named = [each for each in await self.list_topics() if each["name"] == name]
            assert len(named) < 2, f"two topics {name!r}"
            return named[0] if named else None

        made = await eventually(found, f"{self.name} has a topic {name!r}")
        return OwnTopic(self.telegram, self.user, made["message_thread_id"], name)

    async def presses(self, message: ChatMessage, button: str, **more: Any) -> Json:
        """Press a button in the own chat and return the bot's answer."""
        pressed = await self.telegram.press(
            self.user, self.user, int(message.id), text=button, bot=STAFF_ID, **more
        )
        return await wait_for_answer(self.telegram, pressed)


async def wait_for_answer(telegram: TelegramSandbox, pressed: str) -> Json:
    async def answered() -> Json | None:
        answer = await telegram.callback(pressed)
        return answer if answer["answered"] else None

    return await eventually(answered, "the press is answered")


async def forge_press(
    stage: Stage, by: Json, owner: DeskAgent, below: ChatMessage, data: str
) -> str:
    """Press a button of an agent's own chat with any data, as anybody; return the bot's answer.

    Only a program can do this.
    """
    messages = await stage.telegram.messages(owner.user, bot=STAFF_ID)
    shown = next(each for each in messages if str(each["message_id"]) == below.id)
    name = f"forged-{next(_NUMBERS)}"
    query: Json = {"id": name, "chat_instance": "1", "data": data, "from": by, "message": shown}
    await stage.telegram.inject({"callback_query": query}, bot=STAFF_ID)

    async def answered() -> Json | None:
        calls = await stage.calls("answerCallbackQuery")
        return next((each for each in calls if name in str(each["params"])), None)

    answer = await eventually(answered, f"the press of {data!r} is answered")
    return str(answer["params"].get("text", ""))


@dataclass(slots=True)
class DeskStage(Stage):
    """A stage with a staff bot in topic mode."""

    async def customer(  # type: ignore[override]  # always of Telegram
        self, name: str = "Ann", *, language: str = "en", **more: Any
    ) -> TelegramCustomer:
        made = await Stage.customer(self, name, language=language, **more)
        assert isinstance(made, TelegramCustomer)
        made.bot = BOT_ID
        return made

    async def desk_agent(
        self,
        name: str = "Mia",
        *,
        online: bool = True,
        starts: bool = True,
        role: Role = Role.CS,
        capacity: int = 1000,
    ) -> DeskAgent:
        """Add an agent, who has started the staff bot unless told otherwise."""
        person = await self.agent(name, online=online, role=role, capacity=capacity)
        made = DeskAgent(self.telegram, person)
        if starts:
            await made.starts()
        return made

    async def board(self, *parts: str, without: str = "") -> ChatMessage:
        """Wait for the board of the staff group to show all these parts."""

        async def found() -> ChatMessage | None:
            shown = await self.general.list_messages()
            boards = [each for each in shown if each.text.startswith("Waiting customers")]
            assert len(boards) < 2, "two boards"
            for each in boards:
                if all(part in each.text for part in parts) and (
                    not without or without not in each.text
                ):
                    return each
            return None

        return await eventually(found, f"the board shows {parts} without {without!r}")


@asynccontextmanager
async def prepare_desks(database_url: str, **settings: Any) -> AsyncIterator[DeskStage]:
    """Set up a stage with personal desks, without starting the desk."""
    chosen = {"staff_mode": "personal", "telegram_staff_bot_token": STAFF_TOKEN, **settings}
    async with prepare_stage(database_url, kind=DeskStage, **chosen) as stage:
        await stage.telegram.add_bot(STAFF_TOKEN, "staff_bot", "Staff desk")
        await stage.telegram.set_threaded_mode(STAFF_ID)
        yield stage


@asynccontextmanager
async def run_desks(database_url: str, **settings: Any) -> AsyncIterator[DeskStage]:
    """Run a stage with personal desks."""
    async with prepare_desks(database_url, **settings) as stage, stage.desk() as address:
        stage.address = address
        yield stage
