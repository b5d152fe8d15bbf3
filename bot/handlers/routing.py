"""Route each update to its handler, first by chat and then by content, in this order."""

from aiogram import Bot
from aiogram.types import (
    CallbackQuery,
    Chat,
    ChatMemberUpdated,
    Message,
    MessageReactionUpdated,
)

from bot.handlers import agents, buttons, customers, linking, membership, staff_group
from bot.handlers.command_parser import parse_command
from desk.accounts.staff import find_bound_agent
from desk.channels import ServedChannel
from desk.unit_of_work import UnitOfWork

_PRESENCE_COMMANDS = {"online", "offline", "status"}


async def on_message(message: Message, uow: UnitOfWork, channel: ServedChannel, bot: Bot) -> None:
    """Route a message; ignore chats that are neither private nor a staff group."""
    if message.chat.type == "private":
        await _route_private(message, uow, channel)
    elif _is_staff_group(message.chat, uow, channel):
        await _route_staff_group(message, uow, channel, bot)


async def _route_private(message: Message, uow: UnitOfWork, channel: ServedChannel) -> None:
    user = message.from_user
    if user is None:
        return
    command, argument = parse_command(message)
    if command == "link":
        await agents.on_link(message, uow, channel, argument)
    elif command == "start" and argument.startswith(agents.LINK_PREFIX):
        code = argument.removeprefix(agents.LINK_PREFIX)
        await agents.on_link(message, uow, channel, code)
    elif command in _PRESENCE_COMMANDS:
        await agents.on_presence(message, uow, channel, command or "")
    elif agent := await find_bound_agent(uow, str(user.id)):
        await agents.on_private(message, uow, channel, agent)
    elif command == "start":
        await customers.on_start(message, user, uow, channel)
    else:
        await customers.on_message(message, user, uow, channel)


async def _route_staff_group(
    message: Message, uow: UnitOfWork, channel: ServedChannel, bot: Bot
) -> None:
    if message.migrate_to_chat_id is not None:
        await membership.on_group_moved(message, uow)
    elif message.left_chat_member is not None:
        await membership.on_member_left(message, uow)
    elif parse_command(message)[0] == linking.COMMAND:
        await linking.on_qr(message, uow, channel)
    elif parse_command(message)[0] in _PRESENCE_COMMANDS:
        # If several bots are in one group, each of them receives the command.
        if uow.channels.is_default_in(channel.id, str(message.chat.id)):
            await agents.on_presence(message, uow, channel, parse_command(message)[0] or "")
    else:
        await staff_group.on_message(message, uow, channel, bot)


async def on_edit(message: Message, uow: UnitOfWork, channel: ServedChannel) -> None:
    """Route an edit."""
    if message.chat.type == "private" and message.from_user is not None:
        await customers.on_edit(message, message.from_user, uow, channel)
    elif _is_staff_group(message.chat, uow, channel):
        await staff_group.on_edit(message, uow, channel)


async def on_reaction(
    event: MessageReactionUpdated, uow: UnitOfWork, channel: ServedChannel
) -> None:
    """Route a reaction."""
    if event.chat.type == "private":
        await customers.on_reaction(event, uow, channel)
    elif _is_staff_group(event.chat, uow, channel):
        await staff_group.on_reaction(event, uow, channel)


async def on_button(query: CallbackQuery, uow: UnitOfWork, channel: ServedChannel) -> None:
    """Route a press of a button; only staff has buttons."""
    chat = query.message.chat if query.message else None
    if chat is not None and _is_staff_group(chat, uow, channel):
        await buttons.on_button(query, uow, channel)


async def on_member(event: ChatMemberUpdated, uow: UnitOfWork, channel: ServedChannel) -> None:
    """Route a change of a member's status."""
    if _is_staff_group(event.chat, uow, channel):
        await membership.on_member(event, uow)


async def on_own_membership(
    event: ChatMemberUpdated, uow: UnitOfWork, channel: ServedChannel
) -> None:
    """Route a change of the bot's own membership."""
    if event.chat.type == "private":
        await membership.on_own_membership(event, uow, channel)


def _is_staff_group(chat: Chat, uow: UnitOfWork, channel: ServedChannel) -> bool:
    return uow.channels.is_staff_group(channel.id, str(chat.id))
