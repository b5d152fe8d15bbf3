"""Contact cards (vCard), as far as a name and a number go."""

import re
from dataclasses import dataclass

_FOLD = re.compile(r"\r?\n[ \t]")
_ESCAPE = re.compile(r"\\([\\,;nN])")
_LONGEST = 190
_MOST_DIGITS = 32


@dataclass(frozen=True, slots=True)
class Card:
    """Whom a card is about."""

    name: str
    phone: str


def read_card(written: str) -> Card:
    """Read the first name and the first number of a card; what is missing is empty."""
    name = structured = phone = ""
    for line in _FOLD.sub("", written).splitlines():
        label, _, value = line.partition(":")
        kind = label.partition(";")[0].rpartition(".")[2].upper()
        if kind == "FN":
            name = name or _plain(value)
        elif kind == "N":
            structured = structured or _turned(value)
        elif kind == "TEL":
            phone = phone or _plain(value)
    return Card((name or structured)[:_LONGEST], phone[:_MOST_DIGITS])


def write_card(card: Card) -> str:
    """Write a card whose number WhatsApp recognises as one of its own."""
    digits = "".join(filter(str.isdigit, card.phone))
    name = _escaped(card.name) or digits
    return "\n".join(
        (
            "BEGIN:VCARD",
            "VERSION:3.0",
            f"FN:{name}",
            f"TEL;type=CELL;waid={digits}:+{digits}" if digits else "TEL:",
            "END:VCARD",
        )
    )


def _turned(value: str) -> str:
    """Write a structured name, family name first, as people say it."""
    family, _, rest = value.partition(";")
    given = rest.partition(";")[0]
    return " ".join(filter(None, (_plain(given), _plain(family))))


def _plain(value: str) -> str:
    shown = _ESCAPE.sub(lambda found: " " if found[1] in "nN" else found[1], value)
    return " ".join(shown.split())


def _escaped(value: str) -> str:
    one_line = " ".join(value.split())
    return re.sub(r"([\\,;])", r"\\\1", one_line)
