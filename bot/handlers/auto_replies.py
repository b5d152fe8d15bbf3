"""Handle `/try`: show staff which auto-reply rules would answer a text, and send nothing."""

from aiogram.types import Message

from bot.handlers.command_parser import parse_command
from db.queries.conversations.threads import Thread
from desk.auto_replies.trial import Trial, try_rules
from desk.conversations.notices import notify_topic
from desk.unit_of_work import UnitOfWork

COMMAND = "try"


async def on_command(message: Message, uow: UnitOfWork, thread: Thread) -> None:
    """Show what the rules would do if the customer wrote the text behind the command now."""
    _, text = parse_command(message)
    if not text:
        notify_topic(uow, thread, "topic.try_usage")
        return
    tried = await try_rules(uow, thread, text)
    answers = [each for each in tried if each.seconds is not None]
    key = "topic.try_answers" if answers else "topic.try_none"
    notify_topic(uow, thread, key, more="\n\n".join(_describe(uow, each) for each in answers))


def _describe(uow: UnitOfWork, trial: Trial) -> str:
    name = trial.rule.name
    if trial.problem is not None:
        return uow.text_for_staff("topic.rule_failed", rule=name, reason=trial.problem)
    first = uow.text_for_staff("topic.try_rule", rule=name, seconds=trial.seconds)
    lines = [
        first,
        *([f"📎 {trial.file}"] if trial.file else []),
        *([trial.text] if trial.text else []),
    ]
    return "\n".join([*lines, *(f"▫️ {each}" for each in trial.rule.reply_buttons)])
