"""Handle `/texts`: administrators see and change what customers read, where they ask."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from aiogram.types import Message

from bot.convert.from_telegram import to_content
from bot.handlers.admin_commands import AdminCommand
from db.tables import Channel
from desk.actors import AgentActor
from desk.channels import ServedChannel
from desk.content import Content
from desk.formatting.splitting import utf16_length
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


async def on_command(message: Message, uow: UnitOfWork, channel: ServedChannel) -> None:
    """Show or change a text, if an administrator asks."""
    desk = AdminCommand(uow, message, channel, COMMAND)
    if not desk.is_answered_here or (admin := await desk.find_admin()) is None:
        return
    order = _parse(message)
    row = await desk.lock_channel(order.number)
    if row is not None:
        await _run(desk, order, row, admin)


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


async def _run(desk: AdminCommand, order: _Order, channel: Channel, admin: AgentActor) -> None:
    command = f"/{COMMAND}" if order.number is None else f"/{COMMAND} {order.number}"
    if not order.name:
        _list_texts(desk, channel, command)
        return
    about = customer_texts.find_text(desk.uow, channel, order.name)
    if about is None:
        name = order.name[:_MAX_NAME]
        _say(desk, "unknown_name", name=name, command=command)
    elif order.wording is None:
        _show(desk, channel, about, [order.language] if order.language else LANGUAGES)
    elif order.language is None:
        _say(desk, "usage", command=command)
    elif order.wording.text.lower() == _RESET:
        customer_texts.reset_text(desk.uow, channel, about, order.language, by=admin)
        _confirm(desk, channel, about, order.language, "reset" if about.key else "removed")
    elif problem := customer_texts.find_problem(about, order.wording):
        _refuse(desk, problem)
    else:
        wording = order.wording
        customer_texts.set_text(desk.uow, channel, about, order.language, wording, by=admin)
        _confirm(desk, channel, about, order.language, "saved")


def _list_texts(desk: AdminCommand, channel: Channel, command: str) -> None:
    names = []
    for about in customer_texts.list_texts(desk.uow, channel):
        own = [each for each in LANGUAGES if customer_texts.is_own(channel, about, each)]
        names.append(f"{about.name} ✎ {', '.join(own)}" if own else about.name)
    shown = "\n".join(names)
    _say(desk, "list", channel=channel.name, names=shown, command=command)


def _show(
    desk: AdminCommand, channel: Channel, about: CustomerText, languages: Sequence[str]
) -> None:
    """Show what customers read now, as it is written, and what may be written."""
    for language in languages:
        wording = customer_texts.get_wording(channel, about, language)
        if not wording.text:
            _say(desk, "none", spoken=_name_language(desk, language))
            continue
        is_own = customer_texts.is_own(channel, about, language)
        _say(desk, "own" if is_own else "built_in", spoken=_name_language(desk, language))
        desk.reply(Content(text=wording.text, entities=wording.entities))
    known = ", ".join(f"{{{{{each}}}}}" for each in about.variables)
    key = "variables" if known else "no_variables"
    about_variables = desk.uow.text_for_staff(f"own_text.{key}", variables=known)
    about_length = desk.uow.text_for_staff("own_text.length", most=about.max_length)
    desk.reply(f"{about_variables}\n{about_length}")


def _confirm(
    desk: AdminCommand, channel: Channel, about: CustomerText, language: str, key: str
) -> None:
    """Reply what was done, and show what customers read now."""
    _say(desk, key, channel=channel.name, spoken=_name_language(desk, language))
    wording = customer_texts.get_wording(channel, about, language)
    if wording.text:
        desk.reply(customer_texts.build_preview(channel, about, wording))


def _refuse(desk: AdminCommand, problem: TextProblem) -> None:
    reason = problem.say(desk.uow.staff_language)
    _say(desk, "nothing_changed", reason=reason)


def _name_language(desk: AdminCommand, language: str) -> str:
    return desk.uow.text_for_staff(f"own_text.{language}")


def _say(desk: AdminCommand, key: str, **values: object) -> None:
    desk.reply(desk.uow.text_for_staff(f"own_text.{key}", **values))
