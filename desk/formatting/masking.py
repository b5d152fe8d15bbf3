"""Mask what looks like a secret in texts from elsewhere."""

import re

_TOKEN = re.compile(r"\d{5,}:[\w-]{6,}")
_NUMBER = re.compile(r"\d{7,}")
_PASSWORD = re.compile(r"(\w+://[^\s:/@]*:)[^\s@]+@")


def mask_secrets(text: str) -> str:
    """Replace what looks like a bot token, or a password in a URL."""
    return _PASSWORD.sub(r"\1***@", _TOKEN.sub("<token>", text))


def mask_numbers(text: str) -> str:
    """Replace what may be a phone number in a provider's text."""
    return _NUMBER.sub("<number>", text)
