"""Read and write contact cards (vCard) with a name and a number."""

import re
from dataclasses import dataclass

_FOLD = re.compile(r"\r?\n[ \t]")
_ESCAPE = re.compile(r"\\([\\,;nN])")
_MAX_LENGTH = 190
_MAX_DIGITS = 32


@dataclass(frozen=True, slots=True)
class ContactCard:
    """The name and the number of a contact card."""

    name: str
    phone: str


def parse_card(written: str) -> ContactCard:
    """Parse the first name and the first number of a card; missing values are empty."""
    name = structured = phone = ""
    for line in _FOLD.sub("", written).splitlines():
        label, _, value = line.partition(":")
        kind = label.partition(";")[0].rpartition(".")[2].upper()
        if kind == "FN":
            name = name or _unescape(value)
        elif kind == "N":
            structured = structured or _to_spoken_name(value)
        elif kind == "TEL":
            phone = phone or _unescape(value)
    return ContactCard((name or structured)[:_MAX_LENGTH], phone[:_MAX_DIGITS])


def format_card(card: ContactCard) -> str:
    """Format a card whose number WhatsApp recognizes as one of its users."""
    digits = "".join(filter(str.isdigit, card.phone))
    name = _escape(card.name) or digits
    return "\n".join(
        (
            "BEGIN:VCARD",
            "VERSION:3.0",
            f"FN:{name}",
            f"TEL;type=CELL;waid={digits}:+{digits}" if digits else "TEL:",
            "END:VCARD",
        )
    )


def _to_spoken_name(value: str) -> str:
    """Convert a structured name, with the family name first, to the spoken order."""
    family, _, rest = value.partition(";")
    given = rest.partition(";")[0]
    return " ".join(filter(None, (_unescape(given), _unescape(family))))


def _unescape(value: str) -> str:
    shown = _ESCAPE.sub(lambda found: " " if found[1] in "nN" else found[1], value)
    return " ".join(shown.split())


def _escape(value: str) -> str:
    one_line = " ".join(value.split())
    return re.sub(r"([\\,;])", r"\\\1", one_line)
