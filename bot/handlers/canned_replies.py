"""Handle `/r`: canned replies in a conversation's topic."""

from dataclasses import replace

from aiogram.types import Message

from bot.commands import canned
from bot.commands.call import Call
from bot.convert import from_telegram
from bot.handlers.command_parser import parse_command
from db.queries.conversations.threads import Thread
from desk.actors import Actor, AgentActor
from desk.canned import lookup
from desk.canned.actions import describe_as_commands
from desk.canned.rendering import CannedText
from desk.content import Content, IncomingMessage
from desk.conversations.actions import SessionActionError
from desk.conversations.canned_actions import run_actions
from desk.conversations.notices import notify_beside, notify_topic, reply_to_staff
from desk.conversations.tags import InvalidTagError
from desk.messages import outbound, window
from desk.unit_of_work import UnitOfWork

COMMAND = "r"
# Maximum length of a list; the API can search all replies.
_MAX_LISTED = 60
_MAX_TITLE = 60


async def on_command(message: Message, uow: UnitOfWork, thread: Thread, author: Actor) -> None:
    """Send the customer a canned reply, list the replies, or suggest similar ones.

    If an anonymous administrator asks, the bot asks which agent it is.
    """
    _, shortcut = parse_command(message)
    if not shortcut:
        await _list_replies(uow, thread)
        return
    if shortcut.split(maxsplit=1)[0].lower() == canned.ADD:
        await _add(message, uow, thread, author, shortcut)
        return
    reply = await lookup.find_reply(uow, thread, shortcut)
    if reply is None:
        await _suggest_similar(uow, thread, shortcut, author)
        return
    is_sent = not reply.text
    said = _expand(message, uow, thread, author, reply)
    if is_sent:
        pass  # it only does something
    elif not isinstance(author, AgentActor):
        await outbound.hold_anonymous_reply(uow, thread, author, said)
        notify_topic(uow, thread, "topic.canned_text", more=said.content.text)
    else:
        message_id = await outbound.reply_from_topic(uow, thread, author, said)
        is_sent = window.is_open(thread, uow.channel_of(thread), uow.now)
        key = "topic.canned_sent" if is_sent else "topic.canned_text"
        notify_beside(uow, thread, message_id, key, more=said.content.text)
    if reply.actions is not None:
        await _run_actions(uow, thread, author, reply, is_sent=is_sent)


async def _run_actions(
    uow: UnitOfWork, thread: Thread, author: Actor, reply: CannedText, *, is_sent: bool
) -> None:
    """Do what the reply does beside its text; if its text was not sent, say that it is not done."""
    assert reply.actions is not None  # noqa: S101 the caller has looked
    what = describe_as_commands(reply.actions, "…")
    if not is_sent or not isinstance(author, AgentActor):
        notify_topic(uow, thread, "topic.canned_not_done", what=what)
        return
    try:
        done = await run_actions(uow, thread, reply.actions, author, reply.title)
    except (SessionActionError, InvalidTagError) as error:
        reason = uow.reason_for_staff(error)
        notify_topic(uow, thread, "topic.canned_refused", what=what, reason=reason)
    else:
        notify_topic(uow, thread, "topic.canned_done", what=done)


async def on_edit(message: Message, uow: UnitOfWork, thread: Thread, author: Actor) -> None:
    """Replace the reply that a command sent with another one; the command itself is never sent."""
    _, shortcut = parse_command(message)
    reply = await lookup.find_reply(uow, thread, shortcut)
    if reply is None:
        await _suggest_similar(uow, thread, shortcut, author)
    elif reply.text:
        said = _expand(message, uow, thread, author, reply)
        await outbound.edit_from_topic(uow, thread, said)


def _expand(
    message: Message, uow: UnitOfWork, thread: Thread, author: Actor, reply: CannedText
) -> IncomingMessage:
    """Return the message that the command stands for."""
    text = lookup.fill_in(uow, thread, reply, author)
    return replace(from_telegram.to_incoming_message(message), content=Content(text=text))


async def _list_replies(uow: UnitOfWork, thread: Thread) -> None:
    replies = await lookup.list_replies(uow, thread)
    if not replies:
        notify_topic(uow, thread, "topic.canned_none")
        return
    lines = [f"/r {each.shortcut} — {each.title[:_MAX_TITLE]}" for each in replies[:_MAX_LISTED]]
    if len(replies) > _MAX_LISTED:
        lines.append("…")
    notify_topic(uow, thread, "topic.canned_list", more="\n".join(lines))


async def _add(
    message: Message, uow: UnitOfWork, thread: Thread, author: Actor, argument: str
) -> None:
    said = from_telegram.to_incoming_message(message)
    call = Call(uow, thread, author, said.chat, argument=argument, reply_to=said.reply_to)
    answer = await canned.add(call)
    reply_to_staff(uow, thread, (said.chat, said.provider_id), answer.text)


async def _suggest_similar(uow: UnitOfWork, thread: Thread, shortcut: str, author: Actor) -> None:
    """List the replies that the agent may have meant, by shortcut or by words."""
    near = await lookup.suggest_shortcuts(uow, thread, shortcut)
    found = [] if near else await canned.search(Call(uow, thread, author, ""), shortcut, most=10)
    if found:
        notify_topic(uow, thread, "command.canned_found", more="\n".join(found))
    elif near:
        told = ", ".join(f"/r {each}" for each in near)
        notify_topic(uow, thread, "topic.canned_near", shortcut=shortcut[:_MAX_TITLE], near=told)
    else:
        notify_topic(uow, thread, "topic.canned_unknown", shortcut=shortcut[:_MAX_TITLE])
