"""Handle an agent's own chat with the staff bot: its topics, and the chat itself.

In a topic, everything works as in the topics of a staff group. Outside, nothing is sent by guess: a
reply goes to the customer whose message it answers. Where the chat has no topics, other words go to
the session that the agent chose; else the agent is asked.
"""

from aiogram.types import ChatMemberUpdated, Message

from bot.commands.help import build_general_help
from bot.convert.causes import is_service_message
from bot.handlers import session_choice, staff_group
from bot.handlers.command_parser import parse_command
from bot.handlers.staff_location import get_location, say_in_chat
from db.queries.conversations.threads import Thread
from desk.accounts.staff import find_bound_agent
from desk.actors import AgentActor
from desk.channels import HAS_TOPICS, ServedChannel
from desk.conversations.console_doors import build_console_button, show_menu_button
from desk.conversations.moved import find_refusal
from desk.conversations.own_chats import close_own_chat, open_own_chat
from desk.conversations.shared_chats import find_thread_of_message
from desk.conversations.threads import find_thread_by_topic
from desk.unit_of_work import UnitOfWork

_LEFT_STATUSES = {"left", "kicked"}


async def on_message(
    message: Message, uow: UnitOfWork, channel: ServedChannel, agent: AgentActor | None
) -> None:
    """Handle what is written to the staff bot."""
    if is_service_message(message):
        return
    if agent is None:
        say_in_chat(message, uow, channel, uow.text_for_staff("own_chat.not_staff"))
        return
    thread = await _find_thread(message, uow, channel)
    if parse_command(message)[0] == "inbox":
        await session_choice.show_inbox(message, uow, channel, agent)
    elif thread is not None:
        await _handle_for(message, uow, channel, thread)
    else:
        await _handle_outside(message, uow, channel, agent)


async def _handle_for(
    message: Message, uow: UnitOfWork, channel: ServedChannel, thread: Thread
) -> None:
    refusal = find_refusal(uow, thread, channel.id, *get_location(message))
    if refusal is not None:
        say_in_chat(message, uow, channel, refusal)
    else:
        await staff_group.handle(message, uow, channel, thread)


async def _handle_outside(
    message: Message, uow: UnitOfWork, channel: ServedChannel, agent: AgentActor
) -> None:
    command, _ = parse_command(message)
    if command == "start":
        await open_own_chat(uow, agent)
        show_menu_button(uow, str(message.chat.id))
        buttons = build_console_button(channel, uow.staff_language)
        say_in_chat(message, uow, channel, _build_welcome(uow, channel, agent), buttons=buttons)
    elif (chosen := await session_choice.find_chosen(message, uow, channel)) is not None:
        await staff_group.handle(message, uow, channel, chosen)
    elif command == "help":
        general = build_general_help(uow, agent, str(message.chat.id))
        text = f"{general}\n\n{uow.text_for_staff('own_chat.help')}"
        say_in_chat(message, uow, channel, text)
    elif command is None:
        await session_choice.ask_which_session(message, uow, channel, agent)
    else:
        say_in_chat(message, uow, channel, uow.text_for_staff("own_chat.help"))


def _build_welcome(uow: UnitOfWork, channel: ServedChannel, agent: AgentActor) -> str:
    welcome = uow.text_for_staff("own_chat.welcome", name=agent.name)
    if channel.settings.get(HAS_TOPICS, True):
        return welcome
    return f"{welcome}\n\n{uow.text_for_staff('own_chat.no_topics')}"


async def on_edit(message: Message, uow: UnitOfWork, channel: ServedChannel) -> None:
    """Handle an edit of what was sent to a customer, or said about one."""
    thread = await _find_thread(message, uow, channel)
    if thread is None:
        chat, _ = get_location(message)
        own = str(message.message_id)
        thread = await find_thread_of_message(uow, channel.id, chat, own, is_ours=False)
    if thread is None:
        return
    refusal = find_refusal(uow, thread, channel.id, *get_location(message))
    if refusal is not None:
        say_in_chat(message, uow, channel, refusal)
    else:
        await staff_group.handle_edit(message, uow, channel, thread)


async def on_own_membership(
    event: ChatMemberUpdated, uow: UnitOfWork, channel: ServedChannel
) -> None:
    """Stop using the chat of an agent who blocked the bot; /start opens it again."""
    _ = channel
    agent = await find_bound_agent(uow, str(event.chat.id))
    if agent is not None and event.new_chat_member.status in _LEFT_STATUSES:
        await close_own_chat(uow, agent)


async def _find_thread(message: Message, uow: UnitOfWork, channel: ServedChannel) -> Thread | None:
    """Find the conversation of the topic, or of the message that is replied to outside topics."""
    chat, topic = get_location(message)
    if topic is not None:
        return await find_thread_by_topic(uow, channel.id, chat, topic)
    return await staff_group.find_thread_of_reply(message, uow, channel)
