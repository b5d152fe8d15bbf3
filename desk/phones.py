"""Phone numbers in the one form in which they are stored and compared: `+` and digits (E.164)."""

import re

import phonenumbers

_NON_DIGIT = re.compile(r"[^0-9]")
# Digits of an international number, with the country code (E.164).
_MIN_DIGITS, _MAX_DIGITS = 7, 15


def parse_international(given: str) -> str | None:
    """Return the stored form of a number that a provider vouches for.

    It has its country code, with a `+` or without. None: it is no number, such as an id that hides
    the number.
    """
    digits = _NON_DIGIT.sub("", given)
    if not _MIN_DIGITS <= len(digits) <= _MAX_DIGITS or digits.startswith("0"):
        return None
    return f"+{digits}"


def parse_typed(given: str, region: str | None = None) -> str:
    """Return the stored form of a number that a person typed.

    `region`: the country of numbers without a country code, such as "ID" (DEFAULT_REGION). A number
    that cannot be read as one of that country keeps its digits, without a `+`.
    """
    abroad = "+" + given.strip().removeprefix("00") if given.strip().startswith("00") else given
    try:
        number = phonenumbers.parse(abroad, region)
    except phonenumbers.NumberParseException:
        number = None
    if number is not None and phonenumbers.is_possible_number(number):
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    digits = _NON_DIGIT.sub("", abroad)
    return f"+{digits}" if abroad.strip().startswith("+") else digits


def is_international(phone: str) -> bool:
    """Return whether a stored number identifies one telephone in the world."""
    return phone.startswith("+")


def is_region(code: str) -> bool:
    """Return whether a two-letter code is a country with phone numbers of its own."""
    return code in phonenumbers.SUPPORTED_REGIONS
