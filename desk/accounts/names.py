"""Normalize names and email addresses of accounts."""

import re

from desk.accounts.errors import BadEmailError, BadNameError
from desk.formatting.names import clean_name, is_visible

MAX_NAME_LENGTH = 120
MAX_EMAIL_LENGTH = 190
# ASCII only: MariaDB and SQLite do not agree on which other letters are equal.
_EMAIL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9-]+(\.[a-z0-9-]+)+")


def clean_email(text: str) -> str:
    """Return a typed email address in the form in which addresses are stored."""
    return text.strip().lower()


def normalize_email(text: str) -> str:
    """Return the address as stored: lower case, no spaces around; raise BadEmailError."""
    email = clean_email(text)
    if len(email) > MAX_EMAIL_LENGTH or not _EMAIL.fullmatch(email):
        raise BadEmailError("the e-mail address should look like name@example.com")
    return email


def normalize_name(text: str) -> str:
    """Return the name as stored, on one line; raise BadNameError."""
    name = " ".join(text.split())
    if not is_visible(name) or len(name) > MAX_NAME_LENGTH or not name.isprintable():
        raise BadNameError(f"the name should have 1 to {MAX_NAME_LENGTH} characters, on one line")
    return name


def name_from_telegram(text: str, telegram_id: str) -> str:
    """Return a valid name from a Telegram name; never empty."""
    return clean_name(text, MAX_NAME_LENGTH) or f"Telegram {telegram_id}"
