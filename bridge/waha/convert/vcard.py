"""Contact cards (vCard), as far as a name and a number go."""

import re
from dataclasses import dataclass

_FOLD = re.compile(r"\r?\n[ \t]")
_ESCAPE = re.compile(r"\\([\\,;nN])")
_MAX_LENGTH = 190
_MAX_DIGITS = 32


@dataclass(frozen=True, slots=True)
class ContactCard:
    """Whom a card is about."""

    name: str
    phone: str


def parse_card(written: str) -> ContactCard:
    """Read the first name and the first number of a card; what is missing is empty."""
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
    """Write a card whose number WhatsApp recognises as one of its own."""
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
    """Write a structured name, family name first, as people say it."""
    family, _, rest = value.partition(";")
    given = rest.partition(";")[0]
    return " ".join(filter(None, (_unescape(given), _unescape(family))))


def _unescape(value: str) -> str:
    shown = _ESCAPE.sub(lambda found: " " if found[1] in "nN" else found[1], value)
    return " ".join(shown.split())


def _escape(value: str) -> str:
    one_line = " ".join(value.split())
    return re.sub(r"([\\,;])", r"\\\1", one_line)
