"""What commands of administrators have in common: who asks, about which channel, and the answer."""

import re
from dataclasses import dataclass

from aiogram.types import Message

from bot.handlers.staff_location import send_here
from db.queries.channels.channels import find_channel
from db.queues.payloads import Buttons
from db.tables import Channel
from desk.accounts.staff import find_bound_agent
from desk.actors import AgentActor
from desk.channels import ServedChannel
from desk.content import Content
from desk.conversations.threads import find_thread_by_topic
from desk.formatting.splitting import split_content
from desk.unit_of_work import UnitOfWork

_ORDER = re.compile(r"(?:(\d{1,4})(?!\S))?\s*(.*)", re.DOTALL)


def split_number(argument: str) -> tuple[int | None, str]:
    """Split an argument into the number of a channel, if it begins with one, and the rest."""
    found = _ORDER.fullmatch(argument)
    assert found is not None  # noqa: S101 it matches any text
    return (int(found[1]) if found[1] else None), found[2].strip()


@dataclass(frozen=True, slots=True)
class AdminCommand:
    """A command, where it was written, and who answers there."""

    uow: UnitOfWork
    message: Message
    channel: ServedChannel
    name: str

    @property
    def is_answered_here(self) -> bool:
        """Check whether this bot answers; in a group of several bots, only its first one does."""
        chat = self.message.chat
        is_private = chat.type == "private"
        return is_private or self.uow.channels.is_default_in(self.channel.id, str(chat.id))

    def reply(self, text: str | Content, *, buttons: Buttons | None = None) -> None:
        """Reply in the chat and topic of the command, in as many messages as it needs.

        `buttons` are below the last one.
        """
        content = text if isinstance(text, Content) else Content(text=text)
        parts = split_content(content)
        for number, part in enumerate(parts, 1):
            last = buttons if number == len(parts) else None
            send_here(self.message, self.uow, self.channel, part, buttons=last)

    async def find_admin(self) -> AgentActor | None:
        """Find the administrator who asks; otherwise reply that it is for administrators."""
        user = self.message.from_user if self.message.sender_chat is None else None
        agent = await find_bound_agent(self.uow, str(user.id)) if user else None
        if agent is not None and agent.is_admin:
            return agent
        self.reply(self.uow.text_for_staff("admin.only", command=f"/{self.name}"))
        return None

    async def lock_channel(self, number: int | None) -> Channel | None:
        """Lock the channel that is meant; None if that is not clear, which is then said."""
        chosen = await self._choose_channel(number)
        return await find_channel(self.uow.tx, chosen.id, lock=True) if chosen else None

    async def _choose_channel(self, number: int | None) -> ServedChannel | None:
        """Choose the channel that is meant: the topic's, the only one, or that of the number.

        If it is not clear, reply with the list of channels and their numbers.
        """
        meant = await self.list_channels()
        if len(meant) == 1:
            return meant[0]
        if number is not None and 0 < number <= len(meant):
            return meant[number - 1]
        lines = (f"/{self.name} {place}: {each.name}" for place, each in enumerate(meant, 1))
        shown = "\n".join(lines)
        command = f"/{self.name}"
        self.reply(self.uow.text_for_staff("admin.channels", command=command, channels=shown))
        return None

    async def list_channels(self) -> list[ServedChannel]:
        """List the channels that the command may mean, by name."""
        uow, chat = self.uow, str(self.message.chat.id)
        bots = {self.channel.id}
        if self.channel.is_staff_bot:
            found = [each for each in uow.channels if not each.is_staff_bot]
        elif self.message.chat.type == "private":
            found = [each for each in uow.channels if each.staff_channel_id == self.channel.id]
        else:
            found = [each for each in uow.channels if chat in each.staff_groups]
            bots = {each.staff_channel_id for each in found}
        if self.message.is_topic_message:
            topic = str(self.message.message_thread_id)
            for bot in sorted(bots):
                thread = await find_thread_by_topic(uow, bot, chat, topic)
                if thread is not None:
                    return [uow.channel_of(thread)]
        return sorted(found, key=lambda each: (each.name, each.id))
