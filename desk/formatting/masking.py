"""Hides what looks like a secret in texts that came from elsewhere."""

import re

_TOKEN = re.compile(r"\d{5,}:[\w-]{6,}")
_PASSWORD = re.compile(r"(\w+://[^\s:/@]*:)[^\s@]+@")


def mask_secrets(text: str) -> str:
    """Hide what looks like a bot's token or a password in an address."""
    return _PASSWORD.sub(r"\1***@", _TOKEN.sub("<token>", text))
