"""Reads `.env` strictly: python-dotenv only warns about lines that it cannot read, we stop."""

import re
from io import StringIO
from pathlib import Path

from dotenv.parser import Binding, parse_stream

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_START_AGAIN = "write it again, starting from .env.example"


def find_env_file_errors(file: Path) -> list[str]:
    """List what is wrong with the file, one line each, without quoting its contents."""
    try:
        # utf-8-sig: Windows editors put a byte order mark in front, which is harmless.
        text = file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return []
    except OSError as error:
        return [f"{file} cannot be read: {error.strerror}; make it a readable text file"]
    except UnicodeDecodeError as error:
        return [f"{file} is not text in UTF-8 (byte {error.start}); {_START_AGAIN}"]
    if "\0" in text:
        return [f"{file} contains NUL bytes; {_START_AGAIN}"]
    return [
        f"{file} line {binding.original.line + _count_blank_lines(binding)} is not NAME=value; "
        "correct it, or put # in front to ignore it"
        for binding in parse_stream(StringIO(text))
        if _is_junk(binding)
    ]


def _is_junk(binding: Binding) -> bool:
    if binding.error:
        return bool(binding.original.string.strip())
    if binding.key is None:
        return False
    return binding.value is None or not _NAME.fullmatch(binding.key)


def _count_blank_lines(binding: Binding) -> int:
    text = binding.original.string
    return text[: len(text) - len(text.lstrip())].count("\n")
