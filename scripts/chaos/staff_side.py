"""Where staff reads and answers in a run: a group, or each agent's own chat with the staff bot."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.telegram.client import TelegramSandbox
from scripts.chaos.message_log import Json, find_token


@dataclass(frozen=True, slots=True)
class StaffTopic:
    """A topic with messages of a customer."""

    chat: int
    thread: int
    messages: list[Json] = field(hash=False, compare=False)


@dataclass(slots=True)
class StaffSide:
    """The chats of staff; `bot` speaks in private ones, `owners` are the agents whose they are."""

    telegram: TelegramSandbox
    chats: list[int]
    bot: int | None = None
    owners: list[Json] = field(default_factory=list)

    @property
    def is_personal(self) -> bool:
        """Check whether each agent answers in their own chat."""
        return self.bot is not None

    async def list_topics(self) -> list[tuple[int, Json]]:
        """List the topics that were not deleted, General left out, each with its chat."""
        found = [
            (chat, topic)
            for chat in self.chats
            for topic in await self.telegram.topics(chat, bot=self.bot)
        ]
        return [
            (chat, each)
            for chat, each in found
            if not each["deleted"] and each["name"] != "General"
        ]

    async def read(self) -> list[Json]:
        """Read every message of all chats."""
        return [
            message
            for chat in self.chats
            for message in await self.telegram.messages(chat, bot=self.bot)
        ]

    async def find_topic(self, name: str) -> StaffTopic | None:
        """Find the newest topic of a customer that has messages; agents write only there."""
        for chat, topic in reversed(await self.list_topics()):
            if topic["name"] != name:
                continue
            thread = topic["message_thread_id"]
            messages = await self.telegram.messages(chat, thread, bot=self.bot)
            if any(find_token(each) for each in messages):
                return StaffTopic(chat, thread, messages)
        return None

    def choose_writer(self, chat: int, agents: Sequence[Json], luck: float) -> Json:
        """Choose who writes in a chat: its owner, or anybody in a group."""
        for owner in self.owners:
            if owner["id"] == chat:
                return owner
        return agents[int(luck * len(agents))]

    async def say(self, user: Json, topic: StaffTopic, **parts: Any) -> list[Json]:
        """Write into a topic; return the messages."""
        where = {"bot": self.bot} if self.is_personal else {"chat": topic.chat}
        sent: Any = await self.telegram.say(user, thread=topic.thread, **where, **parts)
        return list(sent) if isinstance(sent, list) else [sent]

    def name_bot(self) -> Json:
        """Return what names the chat's bot in a request of the control API."""
        return {"bot": self.bot} if self.is_personal else {}
