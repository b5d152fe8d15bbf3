"""Phone numbers in the one form in which they are kept and compared: `+` and digits."""

import re

_NO_DIGIT = re.compile(r"[^0-9]")
# With the country's code, as the numbering plan of the world has it.
_SHORTEST, _LONGEST = 7, 15
_INTERNATIONAL_PREFIXES = ("+", "00")


def parse_international(given: str) -> str | None:
    """Read a number that a provider vouches for: it has its country's code, with a `+` or without.

    None: it is none, such as an id that hides the number.
    """
    digits = _NO_DIGIT.sub("", given)
    if not _SHORTEST <= len(digits) <= _LONGEST or digits.startswith("0"):
        return None
    return f"+{digits}"


def parse_typed(given: str) -> str:
    """Read a number that a person typed; one without its country's code stays without a `+`."""
    digits = _NO_DIGIT.sub("", given)
    abroad = given.strip().startswith(_INTERNATIONAL_PREFIXES)
    return f"+{digits.removeprefix('00')}" if abroad else digits


def is_international(phone: str) -> bool:
    """Tell whether a kept number means one telephone in the world."""
    return phone.startswith("+")
