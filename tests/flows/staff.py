"""The staff group in the flow tests: its topics, and the people who answer in them."""

import itertools
from typing import Any

from sandbox.telegram.client import TelegramSandbox
from tests.flows.chat_message import ChatMessage, from_telegram
from tests.flows.eventually import eventually

Json = dict[str, Any]
# Far from the ids that the sandbox gives to messages.
_NUMBERS = itertools.count(9_000_000)


class Topic:
    """One topic of a group; thread 1 is General, None the whole group."""

    def __init__(self, telegram: TelegramSandbox, group: Json, thread: int | None) -> None:
        self.telegram = telegram
        self.group = group
        self.thread = thread

    async def all(self) -> list[ChatMessage]:
        """Return everything in the topic, the card included, in order."""
        messages = await self.telegram.messages(self.group, self.thread)
        return [heard for each in messages if (heard := from_telegram(each))]

    async def download(self, message: ChatMessage) -> bytes:
        """Return the file that staff gets when opening a message."""
        assert message.file is not None, f"{message} has no file"
        return await self.telegram.file(message.file)

    async def list_messages(self) -> list[ChatMessage]:
        """Return the desk's messages in the topic, without the card."""
        return [each for each in await self.all() if each.by_desk and not each.is_card]

    async def texts(self) -> list[str]:
        return [each.text for each in await self.list_messages()]

    async def wait_for(self, text: str, *, edited: bool = False) -> ChatMessage:
        """Wait for a message of the desk that contains this text."""

        async def found() -> ChatMessage | None:
            shown = (each for each in await self.list_messages() if each.edited or not edited)
            return next((each for each in shown if text in each.text), None)

        return await eventually(found, f"topic {self.thread} shows {text[:60]!r}")

    async def card(self, *parts: str) -> ChatMessage:
        """Wait for the card to show all these parts; in a topic it is pinned."""
        of_topic = self.thread is not None

        async def found() -> ChatMessage | None:
            shown = await self.all()
            cards = [each for each in shown if each.is_card and each.pinned is of_topic]
            return next((one for one in cards if all(part in one.text for part in parts)), None)

        return await eventually(found, f"topic {self.thread} has a card with {parts}")


class Person:
    """A member of the staff group, agent or not."""

    def __init__(self, telegram: TelegramSandbox, group: Json, user: Json, agent_id: str) -> None:
        self.telegram = telegram
        self.group = group
        self.user = user
        self.agent_id = agent_id
        self.name: str = user["first_name"]

    async def writes(
        self,
        topic: Topic,
        text: str | None = None,
        *,
        reply_to: ChatMessage | None = None,
        **more: Any,
    ) -> ChatMessage:
        """Write into a topic."""
        answered = int(reply_to.id) if reply_to else None
        said = await self.telegram.say(
            self.user, text, chat=topic.group, thread=topic.thread, reply_to=answered, **more
        )
        last = said[-1] if isinstance(said, list) else said
        heard = from_telegram({**last, "_pinned": False, "_reactions": []})
        assert heard is not None
        return heard

    async def writes_at_length(
        self, topic: Topic, text: str, *, edits: ChatMessage | None = None, **more: Any
    ) -> None:
        """Write, or edit into, a text longer than Telegram's own apps allow."""
        number = int(edits.id) if edits else next(_NUMBERS)
        message: Json = {
            "message_id": number,
            "from": self.user,
            "chat": topic.group,
            "date": 1_800_000_000,
            "message_thread_id": topic.thread,
            "is_topic_message": True,
            "text": text,
            **more,
        }
        await self.telegram.inject({"edited_message" if edits else "message": message})

    async def edits(self, message: ChatMessage, text: str) -> None:
        await self.telegram.edit(self.user, self.group, int(message.id), text)

    async def reacts(self, message: ChatMessage, emoji: str) -> None:
        await self.telegram.react(self.user, self.group, int(message.id), emoji)

    async def presses(self, message: ChatMessage, button: str, *, anonymous: bool = False) -> str:
        """Press a button and return the bot's answer to it."""
        pressed = await self.telegram.press(
            self.user, self.group, int(message.id), text=button, anonymous=anonymous
        )

        async def answered() -> Json | None:
            answer = await self.telegram.callback(pressed)
            return answer if answer["answered"] else None

        answer = await eventually(answered, f"the press of {button!r} is answered")
        return str(answer["text"])

    async def tells_bot(self, text: str, answer: str) -> ChatMessage:
        """Write to the bot in private, and wait for a later answer with this text."""
        said = await self.telegram.say(self.user, text)

        async def found() -> ChatMessage | None:
            heard = [from_telegram(each) for each in await self.telegram.messages(self.user)]
            later = (each for each in heard if each and int(each.id) > said["message_id"])
            return next((each for each in later if each.by_desk and answer in each.text), None)

        return await eventually(found, f"the bot answers {self.name}'s {text!r} with {answer!r}")
