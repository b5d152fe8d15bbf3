"""Describe in words what other channels and the history cannot show: polls, lists, games."""

from aiogram.types import Message

# Set where the words of a message say all that there is.
IN_WORDS = "in_words"


def describe_words(message: Message) -> str | None:
    """Return the words of a poll, a list, a dice, a game or an invoice; None for other messages."""
    match message.content_type:
        case "poll" if message.poll is not None:
            options = [each.text for each in message.poll.options]
            return _list_lines(message.poll.question, options)
        case "checklist" if message.checklist is not None:
            return _list_lines(
                message.checklist.title, [each.text for each in message.checklist.tasks]
            )
        case "dice" if message.dice is not None:
            return f"{message.dice.emoji} {message.dice.value}"
        case "game" if message.game is not None:
            return _list_lines(message.game.title, [message.game.description])
        case "invoice" if message.invoice is not None:
            return _list_lines(message.invoice.title, [message.invoice.description])
    return None


def _list_lines(title: str, lines: list[str]) -> str:
    return "\n".join([title, *(f"• {line}" for line in lines)])
