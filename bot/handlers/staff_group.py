"""What staff writes in the topics of the staff group."""

from aiogram import Bot
from aiogram.types import Message, MessageReactionUpdated

from bot.convert import from_telegram
from bot.handlers import canned_replies, templates
from bot.handlers.command_parser import command_of
from bot.handlers.customers import emoji_of, is_service
from db.queries.accounts.accounts import BoundAgent
from db.queries.conversations.threads import Thread
from db.tables import OutboxKind
from desk.accounts.staff import agent_behind, agent_in_group
from desk.channels import ServedChannel
from desk.content import Content, Said
from desk.conversations import sessions
from desk.conversations.threads import message_meant_in_group, thread_by_id, thread_of_topic
from desk.messages import outbound
from desk.unit_of_work import Desk

_NOTE = "//"


async def on_message(message: Message, desk: Desk, channel: ServedChannel, bot: Bot) -> None:
    """Send an agent's answer to the customer, keep a note, or do what a command says."""
    thread = await _thread(message, desk, channel)
    if thread is None or is_service(message) or not _is_staff(message, bot):
        return
    agent = await _author(message, desk, channel)
    command, _ = command_of(message)
    if command is not None:
        await _command(message, desk, thread, agent, command)
    elif (message.text or message.caption or "").startswith(_NOTE):
        await outbound.noted(desk, thread, agent, _name(message), from_telegram.said(message))
    elif agent is not None:
        await outbound.answered(desk, thread, agent, from_telegram.said(message))
    elif _is_anonymous(message):
        await outbound.held(desk, thread, from_telegram.said(message))
    else:
        await _refuse(message, desk, thread)


async def on_edit(message: Message, desk: Desk, channel: ServedChannel) -> None:
    """Edit what the customer received."""
    thread = await _thread(message, desk, channel)
    if thread is None:
        return
    if command_of(message)[0] == canned_replies.COMMAND:
        author = await _author(message, desk, channel)
        await canned_replies.on_edit(message, desk, thread, author)
    elif command_of(message)[0] == templates.COMMAND:
        templates.on_edit(desk, thread)
    else:
        await outbound.edited(desk, thread, from_telegram.said(message))


async def on_reaction(event: MessageReactionUpdated, desk: Desk, channel: ServedChannel) -> None:
    """Show an agent's reaction to the customer; the update does not say in which topic it is."""
    if event.user is None or await agent_behind(desk, str(event.user.id)) is None:
        return
    chat, provider_id = str(event.chat.id), str(event.message_id)
    found = await message_meant_in_group(desk, channel.id, chat, provider_id)
    thread = await thread_by_id(desk, found[1]) if found else None
    if thread is not None:
        place = Said(content=Content(), chat=chat, provider_id=provider_id)
        await outbound.reacted(desk, thread, place, emoji_of(event))


async def _command(
    message: Message, desk: Desk, thread: Thread, agent: BoundAgent | None, command: str
) -> None:
    if agent is None and not _is_anonymous(message):
        await _refuse(message, desk, thread)
        return
    match command:
        case "end":
            if not await sessions.end(desk, thread, agent, _name(message)):
                _tell(message, desk, thread, "topic.no_session")
        case "claim" if agent is not None:
            if await sessions.claim(desk, thread, agent):
                _tell(message, desk, thread, "topic.claimed", agent=agent.name)
            elif thread.session_id is None:
                _tell(message, desk, thread, "topic.no_session")
            else:
                _tell(message, desk, thread, "button.taken", agent=thread.cs_name)
        case canned_replies.COMMAND:
            await canned_replies.on_command(message, desk, thread, agent, _name(message))
        case templates.COMMAND:
            await templates.on_command(message, desk, thread, agent)
        case "help":
            _tell(message, desk, thread, "topic.help")
        case _:
            _tell(message, desk, thread, "topic.unknown_command", command=f"/{command}")


async def _refuse(message: Message, desk: Desk, thread: Thread) -> None:
    """Tell somebody who is no agent, once in a topic, that nothing went out."""
    await outbound.noted(desk, thread, None, _name(message), from_telegram.said(message))
    user_id = message.from_user.id if message.from_user else message.chat.id
    _tell(
        message,
        desk,
        thread,
        "topic.not_bound",
        once=f"unbound:{thread.conversation_id}:{user_id}",
        name=_name(message),
    )


def _tell(
    message: Message,
    desk: Desk,
    thread: Thread,
    key: str,
    *,
    once: str | None = None,
    **values: object,
) -> None:
    content = Content(text=desk.for_staff(key, **values)).to_json()
    payload = {"content": content, "reply_at": str(message.message_id)}
    desk.to_staff(thread, OutboxKind.STAFF_NOTICE, payload, once=once)


async def _thread(message: Message, desk: Desk, channel: ServedChannel) -> Thread | None:
    """Find the conversation of the topic; topics that staff opened for itself have none.

    Another bot's topic is that bot's business: where several are in a group, each hears all of it.
    """
    # Only in a forum: elsewhere a thread is a chain of replies.
    if message.message_thread_id is None or not (message.is_topic_message or message.chat.is_forum):
        return None
    thread = await thread_of_topic(desk, str(message.chat.id), str(message.message_thread_id))
    is_ours = thread is None or desk.channel_of(thread).staff_channel_id == channel.id
    return thread if is_ours else None


async def _author(message: Message, desk: Desk, channel: ServedChannel) -> BoundAgent | None:
    user = message.from_user
    if user is None or message.sender_chat is not None:
        return None
    return await agent_in_group(desk, channel, str(user.id), user.full_name)


def _is_anonymous(message: Message) -> bool:
    """Tell whether an administrator writes as the group itself."""
    return message.sender_chat is not None and message.sender_chat.id == message.chat.id


def _is_staff(message: Message, bot: Bot) -> bool:
    """Tell a person's message from the bot's own, another bot's, and a linked channel's post."""
    if message.is_automatic_forward:
        return False
    if _is_anonymous(message):
        return True
    user = message.from_user
    return user is not None and user.id != bot.id and not user.is_bot


def _name(message: Message) -> str:
    if _is_anonymous(message):
        return message.author_signature or message.chat.title or "admin"
    return message.from_user.full_name if message.from_user else "?"
