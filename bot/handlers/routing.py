"""Who is asked what to do with an update: by chat first, then by what it is, in this order."""

from aiogram import Bot
from aiogram.types import (
    CallbackQuery,
    Chat,
    ChatMemberUpdated,
    Message,
    MessageReactionUpdated,
)

from bot.handlers import agents, buttons, customers, linking, membership, staff_group
from bot.handlers.command_parser import command_of
from desk.accounts.staff import agent_behind
from desk.channels import ServedChannel
from desk.unit_of_work import Desk

_PRESENCE = {"online", "offline", "status"}


async def on_message(message: Message, desk: Desk, channel: ServedChannel, bot: Bot) -> None:
    """Route a message; what is said in a chat that is nobody's is left alone."""
    if message.chat.type == "private":
        await _in_private(message, desk, channel)
    elif _is_staff_group(message.chat, desk, channel):
        await _in_staff_group(message, desk, channel, bot)


async def _in_private(message: Message, desk: Desk, channel: ServedChannel) -> None:
    user = message.from_user
    if user is None or customers.is_service(message):
        return
    command, argument = command_of(message)
    if command == "link":
        await agents.on_link(message, desk, channel, argument)
    elif command == "start" and argument.startswith(agents.LINK_PREFIX):
        code = argument.removeprefix(agents.LINK_PREFIX)
        await agents.on_link(message, desk, channel, code)
    elif command in _PRESENCE:
        await agents.on_presence(message, desk, channel, command or "")
    elif agent := await agent_behind(desk, str(user.id)):
        await agents.on_private(message, desk, channel, agent)
    elif command == "start":
        await customers.on_start(message, user, desk, channel)
    else:
        await customers.on_message(message, user, desk, channel)


async def _in_staff_group(message: Message, desk: Desk, channel: ServedChannel, bot: Bot) -> None:
    if message.migrate_to_chat_id is not None:
        await membership.on_group_moved(message, desk)
    elif message.left_chat_member is not None:
        await membership.on_left_notice(message, desk)
    elif command_of(message)[0] == linking.COMMAND:
        await linking.on_qr(message, desk, channel)
    elif command_of(message)[0] in _PRESENCE:
        # Where several bots are in one group, each of them hears it.
        if desk.channels.speaks_in(channel.id, str(message.chat.id)):
            await agents.on_presence(message, desk, channel, command_of(message)[0] or "")
    else:
        await staff_group.on_message(message, desk, channel, bot)


async def on_edit(message: Message, desk: Desk, channel: ServedChannel) -> None:
    """Route an edit."""
    if message.chat.type == "private" and message.from_user is not None:
        await customers.on_edit(message, message.from_user, desk, channel)
    elif _is_staff_group(message.chat, desk, channel):
        await staff_group.on_edit(message, desk, channel)


async def on_reaction(event: MessageReactionUpdated, desk: Desk, channel: ServedChannel) -> None:
    """Route a reaction."""
    if event.chat.type == "private":
        await customers.on_reaction(event, desk, channel)
    elif _is_staff_group(event.chat, desk, channel):
        await staff_group.on_reaction(event, desk, channel)


async def on_button(query: CallbackQuery, desk: Desk, channel: ServedChannel) -> None:
    """Route a press of a button; only staff has buttons."""
    chat = query.message.chat if query.message else None
    if chat is not None and _is_staff_group(chat, desk, channel):
        await buttons.on_button(query, desk, channel)


async def on_member(event: ChatMemberUpdated, desk: Desk, channel: ServedChannel) -> None:
    """Route a change of somebody's membership."""
    if _is_staff_group(event.chat, desk, channel):
        await membership.on_member(event, desk)


async def on_own_membership(event: ChatMemberUpdated, desk: Desk, channel: ServedChannel) -> None:
    """Route a change of the bot's own membership."""
    if event.chat.type == "private":
        await membership.on_own_membership(event, desk, channel)


def _is_staff_group(chat: Chat, desk: Desk, channel: ServedChannel) -> bool:
    return desk.channels.is_staff_group(channel.id, str(chat.id))
