"""Handle messages and reactions in the topics of the staff group."""

from aiogram.types import Message, MessageReactionUpdated

from bot.bot_factory import Bot
from bot.commands import session_commands
from bot.commands.call import Call
from bot.commands.help import show_help
from bot.convert import from_telegram
from bot.convert.causes import is_service_message
from bot.convert.origin import name_origin
from bot.handlers import ai, auto_replies, canned_replies, inbox, templates
from bot.handlers.command_parser import parse_command
from bot.handlers.customers import has_custom_emoji, read_emoji
from bot.handlers.staff_location import get_location, say_in_chat, tell_writer
from db.queries.conversations.threads import Thread
from desk.accounts.staff import find_bound_agent, find_or_enrol_agent
from desk.actors import Actor, AgentActor, anonymous_admin, human
from desk.channels import ServedChannel
from desk.content import Content, IncomingMessage
from desk.conversations import sessions
from desk.conversations.moved import find_refusal
from desk.conversations.notices import notify_beside, reply_to_staff
from desk.conversations.rights import may_change_open
from desk.conversations.shared_chats import find_thread_of_message
from desk.conversations.threads import find_referenced_in_group, find_thread, find_thread_by_topic
from desk.messages import doubtful, outbound
from desk.messages.internal_words import Destiny, Writing, decide
from desk.messages.topic_edits import receive_topic_edit
from desk.unit_of_work import UnitOfWork


async def on_message(message: Message, uow: UnitOfWork, channel: ServedChannel, bot: Bot) -> None:
    """Send an agent's answer to the customer, store a note, or run a command."""
    thread = await _find_thread(message, uow, channel)
    if thread is None or is_service_message(message) or not _is_from_person(message, bot):
        return
    if _is_refused(message, uow, channel, thread):
        return
    await handle(message, uow, channel, thread)


def _is_refused(message: Message, uow: UnitOfWork, channel: ServedChannel, thread: Thread) -> bool:
    """Refuse what is written in a topic whose conversation is answered elsewhere now."""
    chat, topic = get_location(message)
    refusal = find_refusal(uow, thread, channel.id, chat, topic)
    if refusal is None:
        return False
    say_in_chat(message, uow, channel, refusal)
    return True


async def handle(message: Message, uow: UnitOfWork, channel: ServedChannel, thread: Thread) -> None:
    """Handle what a person wrote in the topic of a conversation that is answered there."""
    if uow.channel_of(thread).is_deleted:
        _reply_in_topic(message, uow, thread, "topic.channel_deleted")
        return
    author = await _find_author(message, uow, channel)
    command, _ = parse_command(message)
    if command is not None:
        await _run_command(message, uow, thread, author, command)
    else:
        said = _to_incoming(message, uow, channel, thread)
        await _receive(message, uow, thread, author, said)


def _to_incoming(
    message: Message, uow: UnitOfWork, channel: ServedChannel, thread: Thread
) -> IncomingMessage:
    """Convert a message; what the staff bot got, no other bot has."""
    said = from_telegram.to_incoming_message(message)
    is_known_to_both = channel.id == uow.channel_of(thread).staff_channel_id
    return said if is_known_to_both else name_origin(said, channel.id)


async def _receive(
    message: Message, uow: UnitOfWork, thread: Thread, author: Actor, said: IncomingMessage
) -> None:
    """Send, hold or store a message that is not a command."""
    writing = _to_writing(message)
    destiny = decide(writing, thread.recent_notes or ())
    if destiny is Destiny.NOTE:
        await doubtful.keep_note(uow, thread, author, said, writing)
    elif not _is_staff(author):
        await _reject(message, uow, thread, author)
    elif destiny is Destiny.CAPTION_COMMAND:
        await doubtful.keep_note(uow, thread, author, said, writing)
        _reply_in_topic(message, uow, thread, "topic.caption_command")
    elif not isinstance(author, AgentActor):
        await outbound.hold_anonymous_reply(uow, thread, author, said)
    elif destiny is Destiny.DOUBTFUL:
        await doubtful.hold(uow, thread, author, said, writing)
    else:
        _tell_second_agent(message, uow, thread, author)
        await outbound.reply_from_topic(uow, thread, author, said)


def _tell_second_agent(
    message: Message, uow: UnitOfWork, thread: Thread, author: AgentActor
) -> None:
    """Notify an agent who answers in another agent's session, once in it, who is answering."""
    if thread.holder_id in {None, author.agent_id} or thread.is_held_by_ai:
        return
    key = f"second:{thread.session_id}:{author.agent_id}"
    holder = thread.holder_name
    _reply_in_topic(message, uow, thread, "topic.second_agent", dedup_key=key, agent=holder)


def _to_writing(message: Message) -> Writing:
    """Return what decides whether a message is internal."""
    return Writing(
        by=_find_writer_id(message),
        at=int(message.date.timestamp()),
        words=message.text or message.caption or "",
        album=message.media_group_id,
        is_caption=message.text is None,
        is_forwarded=message.forward_origin is not None,
    )


def _find_writer_id(message: Message) -> str:
    """Return the id of the channel, the user or the group that wrote a message."""
    return str((message.sender_chat or message.from_user or message.chat).id)


def _is_staff(author: Actor) -> bool:
    """Check whether somebody may answer: an agent, or an administrator who writes as the group."""
    return isinstance(author, AgentActor) or author.anonymous_in is not None


async def on_edit(message: Message, uow: UnitOfWork, channel: ServedChannel) -> None:
    """Edit the message that the customer received; as with new messages, only for staff."""
    thread = await _find_thread(message, uow, channel)
    if thread is None and not message.chat.is_forum:
        own = str(message.chat.id), str(message.message_id)
        thread = await find_thread_of_message(uow, channel.id, *own, is_ours=False)
    if thread is None or message.is_automatic_forward:
        return
    if not _is_refused(message, uow, channel, thread):
        await handle_edit(message, uow, channel, thread)


async def handle_edit(
    message: Message, uow: UnitOfWork, channel: ServedChannel, thread: Thread
) -> None:
    """Handle an edit in the topic of a conversation that is answered there."""
    author = await _find_author(message, uow, channel, enrols=False)
    if not _is_staff(author):
        _tell_stranger(message, uow, thread, author)
    elif parse_command(message)[0] == canned_replies.COMMAND:
        await canned_replies.on_edit(message, uow, thread, author)
    elif parse_command(message)[0] == templates.COMMAND:
        templates.on_edit(uow, thread)
    else:
        said = _to_incoming(message, uow, channel, thread)
        await receive_topic_edit(uow, thread, author, said, _to_writing(message))


async def on_reaction(
    event: MessageReactionUpdated, uow: UnitOfWork, channel: ServedChannel
) -> None:
    """Show an agent's reaction to the customer; the update does not say in which topic it is."""
    if event.user is None or await find_bound_agent(uow, str(event.user.id)) is None:
        return
    chat, provider_id = str(event.chat.id), str(event.message_id)
    found = await find_referenced_in_group(uow, channel.id, chat, provider_id)
    if found is None or (thread := await find_thread(uow, found[1])) is None:
        return
    place = IncomingMessage(content=Content(), chat=chat, provider_id=provider_id)
    await outbound.react_from_topic(uow, thread, place, read_emoji(event))
    if has_custom_emoji(event) and not read_emoji(event):
        notify_beside(uow, thread, found[0], "topic.reaction_not_shown")


async def _run_command(
    message: Message, uow: UnitOfWork, thread: Thread, author: Actor, command: str
) -> None:
    if not _is_staff(author):
        await _reject(message, uow, thread, author)
        return
    match command:
        case "end":
            await _end(message, uow, thread, author)
        case "claim" if isinstance(author, AgentActor):
            await _claim(message, uow, thread, author)
        case canned_replies.COMMAND:
            await canned_replies.on_command(message, uow, thread, author)
        case templates.COMMAND:
            await templates.on_command(message, uow, thread, author)
        case _ if command in ai.COMMANDS:
            said = await ai.on_command(message, uow, thread, author)
            if said is not None:
                reply_to_staff(uow, thread, (str(message.chat.id), str(message.message_id)), said)
        case auto_replies.COMMAND:
            await auto_replies.on_command(message, uow, thread)
        case _ if command in session_commands.COMMANDS:
            await _run_session_command(message, uow, thread, author, command)
        case _:
            _reply_in_topic(message, uow, thread, "topic.unknown_command", command=f"/{command}")


async def _run_session_command(
    message: Message, uow: UnitOfWork, thread: Thread, author: Actor, command: str
) -> None:
    said, (_, argument) = from_telegram.to_incoming_message(message), parse_command(message)
    call = Call(uow, thread, author, said.chat, argument=argument, reply_to=said.reply_to)
    if command == inbox.HELP:
        bot = uow.staff_channel_in(thread, said.chat)
        tell_writer(message, uow, bot, (await show_help(call)).text)
    else:
        await session_commands.run(call, command, said.provider_id)


async def _end(message: Message, uow: UnitOfWork, thread: Thread, author: Actor) -> None:
    if not may_change_open(author, thread):
        _reply_in_topic(message, uow, thread, "topic.not_yours", agent=thread.holder_name)
    elif not await sessions.end(uow, thread, author):
        _reply_in_topic(message, uow, thread, "topic.no_session")


async def _claim(message: Message, uow: UnitOfWork, thread: Thread, agent: AgentActor) -> None:
    if await sessions.claim(uow, thread, agent):
        _reply_in_topic(message, uow, thread, "topic.claimed", agent=agent.name)
    elif thread.session_id is None:
        _reply_in_topic(message, uow, thread, "topic.no_session")
    else:
        _reply_in_topic(message, uow, thread, "button.taken", agent=thread.holder_name)


async def _reject(message: Message, uow: UnitOfWork, thread: Thread, author: Actor) -> None:
    """Notify a non-agent, once in a topic, that nothing was sent."""
    said = from_telegram.to_incoming_message(message)
    await outbound.add_note_from_topic(uow, thread, author, said)
    _tell_stranger(message, uow, thread, author)


def _tell_stranger(message: Message, uow: UnitOfWork, thread: Thread, author: Actor) -> None:
    _reply_in_topic(
        message,
        uow,
        thread,
        "topic.not_bound",
        dedup_key=f"unbound:{thread.conversation_id}:{_find_writer_id(message)}",
        name=author.name,
    )


def _reply_in_topic(
    message: Message,
    uow: UnitOfWork,
    thread: Thread,
    key: str,
    *,
    dedup_key: str | None = None,
    **values: object,
) -> None:
    text = uow.text_for_staff(key, **values)
    at = str(message.chat.id), str(message.message_id)
    reply_to_staff(uow, thread, at, text, dedup_key=dedup_key)


async def _find_thread(message: Message, uow: UnitOfWork, channel: ServedChannel) -> Thread | None:
    """Find the conversation of the topic; topics that staff opened for itself have none.

    Another bot's topics have none here: if several bots are in a group, each receives all messages.
    In a group without topics, a reply says which conversation it is about.
    """
    # Only in a forum, because elsewhere a thread is a chain of replies.
    if message.message_thread_id is None or not (message.is_topic_message or message.chat.is_forum):
        return await find_thread_of_reply(message, uow, channel)
    topic = str(message.message_thread_id)
    return await find_thread_by_topic(uow, channel.id, str(message.chat.id), topic)


async def find_thread_of_reply(
    message: Message, uow: UnitOfWork, channel: ServedChannel
) -> Thread | None:
    """Find the conversation of the message that is replied to, in a chat without topics."""
    answered, chat = message.reply_to_message, str(message.chat.id)
    if answered is None or message.chat.is_forum:
        return None
    is_ours = answered.from_user is not None and answered.from_user.is_bot
    about = str(answered.message_id)
    thread = await find_thread_of_message(uow, channel.id, chat, about, is_ours=is_ours)
    place = thread.find_place_in(chat) if thread else None
    return None if place is not None and place.in_topic else thread


async def _find_author(
    message: Message, uow: UnitOfWork, channel: ServedChannel, *, enrols: bool = True
) -> Actor:
    """Return the author: an agent, an anonymous administrator, or somebody who is neither."""
    if _is_anonymous(message):
        name = message.author_signature or message.chat.title or "admin"
        return anonymous_admin(name, str(message.chat.id))
    if message.sender_chat is not None:
        return human(message.sender_chat.title or "?")
    user = message.from_user
    if user is None:
        return human("?")
    if enrols:
        agent = await find_or_enrol_agent(uow, channel, str(user.id), user.full_name)
    else:
        agent = await find_bound_agent(uow, str(user.id))
    return agent or human(user.full_name)


def _is_anonymous(message: Message) -> bool:
    """Check whether an administrator writes as the group itself."""
    return message.sender_chat is not None and message.sender_chat.id == message.chat.id


def _is_from_person(message: Message, bot: Bot) -> bool:
    """Check that neither a bot nor a linked channel wrote the message.

    A person may write as one of their own channels.
    """
    if message.is_automatic_forward:
        return False
    if message.sender_chat is not None:
        return True
    user = message.from_user
    return user is not None and user.id != bot.id and not user.is_bot
