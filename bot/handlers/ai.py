"""Handle `/ai`, `/suggest`, `/translate` and the buttons of AI agents in a conversation's topic."""

from aiogram.types import Message

from bot.convert import from_telegram
from bot.handlers.command_parser import parse_command
from db.queries.conversations.threads import Thread
from db.tables import AiMode, Side
from desk.actors import Actor
from desk.ai import gate
from desk.conversations.threads import find_referenced_message
from desk.unit_of_work import UnitOfWork

COMMANDS = {"ai", "suggest", "translate"}
BUTTON_VERBS = {"ai"}
_MODES = {"on": AiMode.AUTOMATIC, "off": AiMode.OFF}


async def on_command(
    message: Message, uow: UnitOfWork, thread: Thread, author: Actor
) -> str | None:
    """Choose whether AI agents answer here, suggest or are silent, or translate; return words."""
    command, argument = parse_command(message)
    if command == "translate":
        return await _translate(message, uow, thread)
    mode = AiMode.SUGGEST if command == "suggest" else _MODES.get(argument.lower())
    if mode is None:
        return uow.text_for_staff("ai.usage")
    return (await gate.set_mode(uow, thread, author, mode))[0]


async def _translate(message: Message, uow: UnitOfWork, thread: Thread) -> str | None:
    """Have the message translated that the command replies to, or else the customer's last one."""
    asked = from_telegram.to_incoming_message(message)
    about = await find_referenced_message(uow, thread, Side.STAFF, asked.chat, asked.reply_to)
    return await gate.ask_for_translation(uow, thread, about)


on_button = gate.press_button
