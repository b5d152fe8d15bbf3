"""Translate --help to the operator's language: the English text is the key, in `help_id.toml`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from desk.texts.catalogue import read_texts
from scripts.commands.words import find_language


def translate_help(command: Any) -> None:
    """Translate the help of a command, its options and its subcommands; nothing in English."""
    file = Path(__file__).with_name(f"help_{find_language()}.toml")
    if file.is_file():
        texts = read_texts(file)
        for each in list_helped(command):
            each.help = texts.get(each.help, each.help)


def list_helped(command: Any) -> Iterator[Any]:
    """List what has a help text: the command, its options and arguments, and its subcommands'."""
    for each in (command, *command.params):
        if getattr(each, "help", None):
            yield each
    for subcommand in getattr(command, "commands", {}).values():
        yield from list_helped(subcommand)
