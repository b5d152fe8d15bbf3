"""`/r`: canned replies in a conversation's topic."""

from dataclasses import replace

from aiogram.types import Message

from bot.convert import from_telegram
from bot.handlers.command_parser import command_of
from db.queries.accounts.accounts import BoundAgent
from db.queries.conversations.threads import Thread
from desk.canned import lookup
from desk.content import Content, Said
from desk.conversations.notices import tell_beside, tell_topic
from desk.messages import outbound, window
from desk.unit_of_work import Desk

COMMAND = "r"
# Of a list; more is looked through in the API.
_SHOWN = 60
_TITLE = 60


async def on_command(
    message: Message, desk: Desk, thread: Thread, agent: BoundAgent | None, name: str
) -> None:
    """Answer the customer with a canned reply; list them, or those that may have been meant.

    `name` is who writes, for somebody who hides their account: an agent is asked for then.
    """
    _, shortcut = command_of(message)
    if not shortcut:
        await _list(desk, thread)
        return
    said = await _said(message, desk, thread, agent, name)
    if said is None:
        await _tell_near(desk, thread, shortcut)
    elif agent is None:
        await outbound.held(desk, thread, said)
        tell_topic(desk, thread, "topic.canned_text", more=said.content.text)
    else:
        message_id = await outbound.answered(desk, thread, agent, said)
        is_open = window.is_open(thread, desk.channel_of(thread), desk.now)
        key = "topic.canned_sent" if is_open else "topic.canned_text"
        tell_beside(desk, thread, message_id, key, more=said.content.text)


async def on_edit(message: Message, desk: Desk, thread: Thread, agent: BoundAgent | None) -> None:
    """Have another reply stand where the one was that a command asked for; never the command."""
    _, shortcut = command_of(message)
    said = await _said(message, desk, thread, agent, agent.name if agent else "")
    if said is None:
        await _tell_near(desk, thread, shortcut)
    else:
        await outbound.edited(desk, thread, said)


async def _said(
    message: Message, desk: Desk, thread: Thread, agent: BoundAgent | None, name: str
) -> Said | None:
    """Read the command as what it stands for; None: there is no such reply."""
    _, shortcut = command_of(message)
    reply = await lookup.found(desk, thread, shortcut)
    if reply is None:
        return None
    text = lookup.filled_in(desk, thread, reply, agent, name)
    return replace(from_telegram.said(message), content=Content(text=text))


async def _list(desk: Desk, thread: Thread) -> None:
    replies = await lookup.listed(desk, thread)
    if not replies:
        tell_topic(desk, thread, "topic.canned_none")
        return
    lines = [f"/r {each.shortcut} — {each.title[:_TITLE]}" for each in replies[:_SHOWN]]
    if len(replies) > _SHOWN:
        lines.append("…")
    tell_topic(desk, thread, "topic.canned_list", more="\n".join(lines))


async def _tell_near(desk: Desk, thread: Thread, shortcut: str) -> None:
    near = await lookup.meant(desk, thread, shortcut)
    if near:
        told = ", ".join(f"/r {each}" for each in near)
        tell_topic(desk, thread, "topic.canned_near", shortcut=shortcut[:_TITLE], near=told)
    else:
        tell_topic(desk, thread, "topic.canned_unknown", shortcut=shortcut[:_TITLE])
