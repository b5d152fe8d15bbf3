"""Route each update to its handler, first by chat and then by content, in this order."""

from aiogram.types import (
    CallbackQuery,
    Chat,
    ChatMemberUpdated,
    Message,
    MessageReactionUpdated,
    Update,
    User,
)

from bot.bot_factory import Bot
from bot.handlers import (
    agents,
    answer_targets,
    broadcasts,
    buttons,
    customer_commands,
    customers,
    inbox,
    linking,
    membership,
    opening_hours,
    own_chat,
    own_rights,
    own_texts,
    staff_group,
    stray_topics,
    working_hours,
)
from bot.handlers.command_parser import is_for_other_bot, parse_command
from desk.accounts.staff import find_bound_agent
from desk.channels import ServedChannel
from desk.conversations.console_doors import parse_start
from desk.unit_of_work import UnitOfWork

_PRESENCE_COMMANDS = {"online", "busy", "away", "offline", "status"}
_OWN_COMMANDS = {*_PRESENCE_COMMANDS, working_hours.COMMAND}
_ADMIN_COMMANDS = {
    own_texts.COMMAND: own_texts.on_command,
    opening_hours.COMMAND: opening_hours.on_command,
    answer_targets.COMMAND: answer_targets.on_command,
    broadcasts.COMMAND: broadcasts.on_command,
}
# What the staff bot does anywhere; its other commands are about the session of a topic.
_STAFF_BOT_COMMANDS = {*_OWN_COMMANDS, *_ADMIN_COMMANDS, inbox.NEXT}


async def on_update(update: Update, uow: UnitOfWork, channel: ServedChannel, bot: Bot) -> None:
    """Route an update by its kind; it has one."""
    if update.message is not None:
        await on_message(update.message, uow, channel, bot)
    elif update.edited_message is not None:
        await on_edit(update.edited_message, uow, channel)
    elif update.message_reaction is not None:
        await on_reaction(update.message_reaction, uow, channel)
    elif update.callback_query is not None:
        await on_button(update.callback_query, uow, channel)
    elif update.chat_member is not None:
        await on_member(update.chat_member, uow, channel)
    elif update.my_chat_member is not None:
        await on_own_membership(update.my_chat_member, uow, channel)


async def on_message(message: Message, uow: UnitOfWork, channel: ServedChannel, bot: Bot) -> None:
    """Route a message; in other groups than the staff groups, only a link code matters."""
    if message.forum_topic_created is not None:
        if channel.is_staff_bot or _is_staff_group(message.chat, uow, channel):
            await stray_topics.on_topic_created(message, uow, channel, bot)
    elif message.chat.type == "private":
        await _route_private(message, uow, channel)
    elif (code := agents.find_link_code(*parse_command(message))) is not None:
        await agents.on_code_in_group(message, uow, channel, code)
    elif _is_staff_group(message.chat, uow, channel):
        await _route_staff_group(message, uow, channel, bot)


async def _route_private(message: Message, uow: UnitOfWork, channel: ServedChannel) -> None:
    user = message.from_user
    if user is None:
        return
    agent = await find_bound_agent(uow, str(user.id))
    if await _run_private_command(message, uow, channel, is_agent=agent is not None):
        return
    if channel.is_staff_bot:
        await own_chat.on_message(message, uow, channel, agent)
    elif agent is not None:
        await agents.on_private(message, uow, channel, agent)
    elif (command := parse_command(message))[0] == "start":
        await customers.on_start(message, user, uow, channel, has_words=bool(command[1]))
    else:
        await customers.on_message(message, user, uow, channel)


async def _run_private_command(
    message: Message, uow: UnitOfWork, channel: ServedChannel, *, is_agent: bool
) -> bool:
    """Run a command about the author's own account; return False if it is none.

    A customer's command must stand alone: with words after it, it is a message for staff.
    """
    if is_for_other_bot(message, channel):
        return False
    command, argument = parse_command(message)
    code = agents.find_link_code(command, argument)
    if code is not None or (command == "link" and (is_agent or not argument)):
        await agents.on_link(message, uow, channel, code or "")
    elif is_agent and command == "start" and (about := parse_start(argument)) is not None:
        agents.on_conversation_link(message, uow, channel, about)
    elif channel.is_staff_bot and command not in _STAFF_BOT_COMMANDS:
        return False
    elif command in _ADMIN_COMMANDS and is_agent:
        await _ADMIN_COMMANDS[command](message, uow, channel)
    elif command in customer_commands.COMMANDS and not (
        is_agent or argument or channel.is_staff_bot
    ):
        assert message.from_user is not None  # noqa: S101 checked before
        return await customer_commands.on_command(
            message, message.from_user, uow, channel, command or ""
        )
    elif command in {*inbox.COMMANDS, inbox.HELP} and is_agent:
        await inbox.on_command(message, uow, channel, command or "")
    elif command == working_hours.COMMAND and is_agent:
        await working_hours.on_command(message, uow, channel)
    elif command in _PRESENCE_COMMANDS and (is_agent or not argument):
        await agents.on_presence(message, uow, channel, command or "")
    else:
        return False
    return True


async def _route_staff_group(
    message: Message, uow: UnitOfWork, channel: ServedChannel, bot: Bot
) -> None:
    if is_for_other_bot(message, channel):
        return
    if message.migrate_to_chat_id is not None:
        await membership.on_group_moved(message, uow)
    elif message.left_chat_member is not None:
        await membership.on_member_left(message, uow)
    elif parse_command(message)[0] == linking.COMMAND:
        await linking.on_qr(message, uow, channel)
    elif (command := parse_command(message)[0]) in _ADMIN_COMMANDS:
        await _ADMIN_COMMANDS[command](message, uow, channel)
    elif command in _OWN_COMMANDS:
        # If several bots are in one group, each of them receives the command.
        if uow.channels.is_default_in(channel.id, str(message.chat.id)):
            await _run_own_command(message, uow, channel, command or "")
    elif _is_for_agent_alone(message):
        if uow.channels.is_default_in(channel.id, str(message.chat.id)):
            await inbox.on_command(message, uow, channel, parse_command(message)[0] or "")
    else:
        await staff_group.on_message(message, uow, channel, bot)


async def _run_own_command(
    message: Message, uow: UnitOfWork, channel: ServedChannel, command: str
) -> None:
    if command == working_hours.COMMAND:
        await working_hours.on_command(message, uow, channel)
    else:
        await agents.on_presence(message, uow, channel, command)


def _is_for_agent_alone(message: Message) -> bool:
    """Check for a command about no conversation; the help in a topic is about that."""
    command, _ = parse_command(message)
    return command in inbox.COMMANDS or (command == inbox.HELP and not message.is_topic_message)


async def on_edit(message: Message, uow: UnitOfWork, channel: ServedChannel) -> None:
    """Route an edit."""
    if message.chat.type == "private" and message.from_user is not None:
        await _route_private_edit(message, message.from_user, uow, channel)
    elif (code := agents.find_link_code(*parse_command(message))) is not None:
        await agents.on_code_in_group(message, uow, channel, code)
    elif _is_staff_group(message.chat, uow, channel) and not is_for_other_bot(message, channel):
        await staff_group.on_edit(message, uow, channel)


async def _route_private_edit(
    message: Message, user: User, uow: UnitOfWork, channel: ServedChannel
) -> None:
    """Pass on a customer's edit; ignore edits of agents and edits of link codes."""
    if channel.is_staff_bot:
        await own_chat.on_edit(message, uow, channel)
        return
    command, argument = parse_command(message)
    is_code = agents.find_link_code(command, argument) is not None or command == "link"
    if not is_code and await find_bound_agent(uow, str(user.id)) is None:
        await customers.on_edit(message, user, uow, channel)


async def on_reaction(
    event: MessageReactionUpdated, uow: UnitOfWork, channel: ServedChannel
) -> None:
    """Route a reaction."""
    if event.chat.type == "private" and not channel.is_staff_bot:
        await customers.on_reaction(event, uow, channel)
    elif channel.is_staff_bot or _is_staff_group(event.chat, uow, channel):
        await staff_group.on_reaction(event, uow, channel)


async def on_button(query: CallbackQuery, uow: UnitOfWork, channel: ServedChannel) -> None:
    """Route a press of a button: of staff below a notice, or of a customer below an answer."""
    chat = query.message.chat if query.message else None
    if (query.data or "").startswith(f"{broadcasts.BUTTON_VERB}:"):
        await broadcasts.on_button(query, uow, channel)
    elif (chat is not None and (channel.is_staff_bot or _is_staff_group(chat, uow, channel))) or (
        query.data or ""
    ).startswith(f"{agents.BUTTON_VERB}:"):
        await buttons.on_button(query, uow, channel)
    elif (query.data or "").startswith(f"{customer_commands.BUTTON_VERB}:"):
        await customer_commands.on_button(query, uow, channel)
    elif chat is not None and chat.type == "private":
        await customers.on_choice(query, uow, channel)


async def on_member(event: ChatMemberUpdated, uow: UnitOfWork, channel: ServedChannel) -> None:
    """Route a change of a member's status."""
    if _is_staff_group(event.chat, uow, channel):
        await membership.on_member(event, uow)


async def on_own_membership(
    event: ChatMemberUpdated, uow: UnitOfWork, channel: ServedChannel
) -> None:
    """Route a change of the bot's own membership."""
    if channel.is_staff_bot:
        await own_chat.on_own_membership(event, uow, channel)
    elif event.chat.type == "private":
        await membership.on_own_membership(event, uow, channel)
    else:
        own_rights.on_own_membership(event, uow, channel)


def _is_staff_group(chat: Chat, uow: UnitOfWork, channel: ServedChannel) -> bool:
    return uow.channels.is_staff_group(channel.id, str(chat.id))
