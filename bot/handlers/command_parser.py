"""Parse commands in messages."""

import re

from aiogram.types import Message

from desk.channels import ServedChannel

# A command is the first word; any white space ends it.
_COMMAND = re.compile(r"/(?!/)([^\s@]*)(?:@(\S*))?(?:\s+(.*))?", re.DOTALL)


def parse_command(message: Message) -> tuple[str | None, str]:
    """Return a command's name, without slash and bot name, and its arguments.

    `/end@this_bot` means the same as `/end`. `//` begins a note, not a command. A
    forwarded command is not a command.
    """
    found = _COMMAND.fullmatch(message.text or "")
    if found is None or message.forward_origin is not None:
        return None, ""
    return found[1].lower(), (found[3] or "").strip()


def is_for_other_bot(message: Message, channel: ServedChannel) -> bool:
    """Check whether a message is a command that names another bot."""
    found = _COMMAND.fullmatch(message.text or message.caption or "")
    username = channel.settings.get("username")
    if found is None or not found[2] or not username:
        return False
    return bool(found[2].lower() != str(username).lower())
