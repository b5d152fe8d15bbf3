"""Parse commands in messages."""

from aiogram.types import Message


def parse_command(message: Message) -> tuple[str | None, str]:
    """Return a command's name, without slash and bot name, and its arguments.

    `/end@this_bot` means the same as `/end`. `//` begins a note, not a command.
    """
    text = message.text or ""
    if not text.startswith("/") or text.startswith("//"):
        return None, ""
    word, _, argument = text[1:].partition(" ")
    return word.partition("@")[0].lower(), argument.strip()
