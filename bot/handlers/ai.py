"""Handle `/ai`, `/suggest` and the buttons of AI agents in a conversation's topic."""

from aiogram.types import Message

from bot.handlers.command_parser import parse_command
from db.queries.conversations.threads import Thread
from db.tables import AiMode
from desk.actors import Actor
from desk.ai import gate
from desk.unit_of_work import UnitOfWork

COMMANDS = {"ai", "suggest"}
BUTTON_VERBS = {"ai"}
_MODES = {"on": AiMode.AUTOMATIC, "off": AiMode.OFF}


async def on_command(message: Message, uow: UnitOfWork, thread: Thread, author: Actor) -> str:
    """Choose whether AI agents answer here, suggest answers or are silent; return words."""
    command, argument = parse_command(message)
    mode = AiMode.SUGGEST if command == "suggest" else _MODES.get(argument.lower())
    if mode is None:
        return uow.text_for_staff("ai.usage")
    return await gate.set_mode(uow, thread, author, mode)


on_button = gate.press_button
