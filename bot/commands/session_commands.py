"""Which commands there are in a conversation, and how they run when typed or pressed."""

from collections.abc import Mapping

from bot.commands import (
    clients,
    deletion,
    handover,
    history,
    languages,
    priority,
    reopening,
    snooze,
    tags,
)
from bot.commands.call import Answer, Call, Command
from bot.commands.help import show_help
from db.queries.conversations.threads import Thread
from desk.actors import Actor
from desk.conversations.notices import edit_notice, reply_to_staff
from desk.unit_of_work import UnitOfWork

COMMANDS: Mapping[str, Command] = {
    "transfer": handover.transfer,
    "assign": handover.assign,
    "reopen": reopening.reopen,
    "tag": tags.tag,
    "priority": priority.priority,
    "snooze": snooze.snooze_session,
    "client": clients.client,
    "history": history.history,
    "block": clients.block,
    "unblock": clients.unblock,
    "merge": clients.merge,
    "lang": languages.lang,
    "delete": deletion.delete,
    "help": show_help,
}
BUTTON_VERB = "do"
# A button's answer is shown above the chat, where more does not fit.
_MAX_ALERT = 190
ButtonAnswer = tuple[str, bool]


async def run(call: Call, command: str, message_id: str) -> None:
    """Run a command that was typed in a message, and answer below it."""
    answer = await COMMANDS[command](call)
    if not answer.is_told:
        at = call.chat, message_id
        reply_to_staff(call.uow, call.thread, at, answer.text, buttons=answer.buttons)


async def press(
    uow: UnitOfWork, thread: Thread, by: Actor, data: str, at: tuple[str, str]
) -> ButtonAnswer:
    """Run the command of a button, `do:COMMAND:ARGUMENT`, as if the person had typed it.

    What it answers replaces the notice with the button. Below a card it is a notice of its own.
    """
    _, name, argument, *_ = f"{data}::".split(":")
    command = COMMANDS.get(name)
    if command is None:
        return uow.text_for_staff("button.out_of_date"), True
    answer = await command(Call(uow, thread, by, at[0], argument=argument))
    if answer.is_refusal:
        return _shorten(answer), True
    place = thread.find_place_in(at[0])
    if place is None or place.card != at[1]:
        edit_notice(uow, thread, at, answer.text, buttons=answer.buttons)
    elif not answer.is_told:
        reply_to_staff(uow, thread, at, answer.text, buttons=answer.buttons)
    return _shorten(answer), False


def _shorten(answer: Answer) -> str:
    line = answer.text.splitlines()[0]
    return line if len(line) <= _MAX_ALERT else f"{line[:_MAX_ALERT]}…"
