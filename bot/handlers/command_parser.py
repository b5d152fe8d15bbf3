"""Reads commands of messages."""

from aiogram.types import Message


def parse_command(message: Message) -> tuple[str | None, str]:
    """Read a command's name, without slash and bot name, and what follows it.

    `/end@this_bot` is ours as `/end` is; `//` begins a note, not a command.
    """
    text = message.text or ""
    if not text.startswith("/") or text.startswith("//"):
        return None, ""
    word, _, argument = text[1:].partition(" ")
    return word.partition("@")[0].lower(), argument.strip()
