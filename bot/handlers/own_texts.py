"""Handle `/texts`: administrators see and change what customers read, where they ask."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from aiogram.types import Message

from bot.convert.from_telegram import to_content
from db.queries.channels.channels import find_channel
from db.tables import Channel
from desk.accounts.staff import find_bound_agent
from desk.actors import AgentActor
from desk.channels import ServedChannel
from desk.content import Content
from desk.conversations.threads import find_thread_by_topic
from desk.formatting.splitting import split_content, utf16_length
from desk.setup import customer_texts
from desk.setup.customer_texts import TextProblem
from desk.texts import LANGUAGES
from desk.texts.customer_texts import CustomerText, OwnText
from desk.unit_of_work import UnitOfWork

COMMAND = "texts"
_RESET = "reset"
_ORDER = re.compile(
    r"/texts\S*(?:\s+(?P<number>\d{1,4}))?(?:\s+(?P<name>[A-Za-z_.]+))?"
    r"(?:\s+(?P<language>en|id)(?!\S))?(?:\s+(?P<text>\S.*))?\s*",
    re.DOTALL | re.IGNORECASE,
)
_MAX_NAME = 60


@dataclass(frozen=True, slots=True)
class _Order:
    """What the command asks for."""

    number: int | None
    name: str
    language: str | None
    wording: OwnText | None


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where the command was written, and who answers there."""

    uow: UnitOfWork
    message: Message
    channel: ServedChannel

    def say(self, text: str | Content) -> None:
        """Reply in the chat and topic of the command, in as many messages as it needs."""
        topic = str(self.message.message_thread_id) if self.message.is_topic_message else None
        content = text if isinstance(text, Content) else Content(text=text)
        for part in split_content(content):
            self.uow.enqueue_for_chat(
                self.channel.id,
                str(self.message.chat.id),
                part,
                topic=topic,
                group=self.message.chat.type != "private",
            )

    def translate(self, key: str, **values: object) -> str:
        return self.uow.text_for_staff(f"own_text.{key}", **values)


async def on_command(message: Message, uow: UnitOfWork, channel: ServedChannel) -> None:
    """Show or change a text, if an administrator asks; in a group only its first bot answers."""
    chat, is_private = str(message.chat.id), message.chat.type == "private"
    if not is_private and not uow.channels.is_default_in(channel.id, chat):
        return
    desk = _Desk(uow, message, channel)
    user = message.from_user if message.sender_chat is None else None
    agent = await find_bound_agent(uow, str(user.id)) if user else None
    if agent is None or not agent.is_admin:
        desk.say(desk.translate("for_admins"))
        return
    order = _parse(message)
    about = await _find_channel(desk, order)
    if about is not None:
        await _run(desk, order, about, agent)


def _parse(message: Message) -> _Order:
    found = _ORDER.fullmatch(message.text or "")
    if found is None:
        return _Order(None, "", None, None)
    number, language = found["number"], found["language"]
    return _Order(
        int(number) if number else None,
        (found["name"] or "").lower(),
        language.lower() if language else None,
        _take_wording(message, found.start("text")) if found["text"] else None,
    )


def _take_wording(message: Message, start: int) -> OwnText:
    """Return the text behind the command, with the formatting that its author gave it."""
    text, before = (message.text or "")[start:].rstrip(), utf16_length((message.text or "")[:start])
    length = utf16_length(text)
    entities = []
    for each in customer_texts.keep_markup(to_content(message).entities) or ():
        begin = max(each["offset"] - before, 0)
        end = min(each["offset"] + each["length"] - before, length)
        if begin < end:
            entities.append({**each, "offset": begin, "length": end - begin})
    return OwnText(text, entities or None)


async def _find_channel(desk: _Desk, order: _Order) -> Channel | None:
    """Find the channel whose texts are meant: the topic's, the only one, or that of the number."""
    meant = await _list_channels(desk)
    if len(meant) == 1:
        chosen = meant[0]
    elif order.number is not None and 0 < order.number <= len(meant):
        chosen = meant[order.number - 1]
    else:
        lines = (f"/{COMMAND} {number}: {each.name}" for number, each in enumerate(meant, 1))
        desk.say(desk.translate("channels", command=f"/{COMMAND}", channels="\n".join(lines)))
        return None
    return await find_channel(desk.uow.tx, chosen.id, lock=True)


async def _list_channels(desk: _Desk) -> list[ServedChannel]:
    """List the channels that the command may mean, by name."""
    uow, chat = desk.uow, str(desk.message.chat.id)
    if desk.message.chat.type == "private":
        found = [each for each in uow.channels if each.staff_channel_id == desk.channel.id]
    else:
        found = [each for each in uow.channels if chat in each.staff_groups]
        if desk.message.is_topic_message:
            topic = str(desk.message.message_thread_id)
            for bot in sorted({each.staff_channel_id for each in found}):
                thread = await find_thread_by_topic(uow, bot, chat, topic)
                if thread is not None:
                    return [uow.channel_of(thread)]
    return sorted(found, key=lambda each: (each.name, each.id))


async def _run(desk: _Desk, order: _Order, channel: Channel, admin: AgentActor) -> None:
    command = f"/{COMMAND}" if order.number is None else f"/{COMMAND} {order.number}"
    if not order.name:
        _list_texts(desk, channel, command)
        return
    about = customer_texts.find_text(desk.uow, channel, order.name)
    if about is None:
        name = order.name[:_MAX_NAME]
        desk.say(desk.translate("unknown_name", name=name, command=command))
    elif order.wording is None:
        _show(desk, channel, about, [order.language] if order.language else LANGUAGES)
    elif order.language is None:
        desk.say(desk.translate("usage", command=command))
    elif order.wording.text.lower() == _RESET:
        customer_texts.reset_text(desk.uow, channel, about, order.language, by=admin)
        _confirm(desk, channel, about, order.language, "reset" if about.key else "removed")
    elif problem := customer_texts.find_problem(about, order.wording):
        _refuse(desk, problem)
    else:
        wording = order.wording
        customer_texts.set_text(desk.uow, channel, about, order.language, wording, by=admin)
        _confirm(desk, channel, about, order.language, "saved")


def _list_texts(desk: _Desk, channel: Channel, command: str) -> None:
    names = []
    for about in customer_texts.list_texts(desk.uow, channel):
        own = [each for each in LANGUAGES if customer_texts.is_own(channel, about, each)]
        names.append(f"{about.name} ✎ {', '.join(own)}" if own else about.name)
    shown = "\n".join(names)
    desk.say(desk.translate("list", channel=channel.name, names=shown, command=command))


def _show(desk: _Desk, channel: Channel, about: CustomerText, languages: Sequence[str]) -> None:
    """Show what customers read now, as it is written, and what may be written."""
    for language in languages:
        wording = customer_texts.get_wording(channel, about, language)
        if not wording.text:
            desk.say(desk.translate("none", spoken=language))
            continue
        is_own = customer_texts.is_own(channel, about, language)
        desk.say(desk.translate("own" if is_own else "built_in", spoken=language))
        desk.say(Content(text=wording.text, entities=wording.entities))
    known = ", ".join(f"{{{{{each}}}}}" for each in about.variables)
    key = "variables" if known else "no_variables"
    lines = [desk.translate(key, variables=known), desk.translate("length", most=about.max_length)]
    desk.say("\n".join(lines))


def _confirm(desk: _Desk, channel: Channel, about: CustomerText, language: str, key: str) -> None:
    """Reply what was done, and show what customers read now."""
    desk.say(desk.translate(key, channel=channel.name, spoken=language))
    wording = customer_texts.get_wording(channel, about, language)
    if wording.text:
        desk.say(customer_texts.build_preview(channel, about, wording))


def _refuse(desk: _Desk, problem: TextProblem) -> None:
    reason = problem.say(desk.uow.staff_language)
    desk.say(desk.translate("nothing_changed", reason=reason))
