"""Read and write contact cards (vCard): a name, numbers, and mail addresses."""

import re
from dataclasses import dataclass

from desk.formatting.vcards import parse_vcard

_MAX_PHONE = 32
_MAX_LISTED = 10


@dataclass(frozen=True, slots=True)
class ContactCard:
    """The name and the number of a contact card, and its other numbers and mail addresses."""

    name: str
    phone: str
    more: tuple[str, ...] = ()

    @property
    def in_words(self) -> str:
        """Return everything on the card in one line."""
        return " · ".join(filter(None, (self.name, self.phone, *self.more)))


def parse_card(written: str) -> ContactCard:
    """Parse a card; missing values are empty."""
    card = parse_vcard(written)
    phone, *others = card.phones or ("",)
    more = (*others, *card.emails, card.company if card.company != card.name else "")
    shown = tuple(each for each in more if each)[:_MAX_LISTED]
    return ContactCard(card.name or card.company, phone[:_MAX_PHONE], shown)


def format_card(card: ContactCard) -> str:
    """Format a card whose number WhatsApp recognizes as one of its users."""
    numbers, others = [card.phone, *filter(_is_phone, card.more)], [*card.more]
    name = _escape(card.name) or _to_digits(card.phone)
    given, _, family = name.rpartition(" ")
    return "\n".join(
        (
            "BEGIN:VCARD",
            "VERSION:3.0",
            f"N:{family};{given};;;" if given else f"N:;{name};;;",
            f"FN:{name}",
            *map(_format_phone, numbers),
            *(f"EMAIL:{_escape(each)}" for each in others if "@" in each),
            "END:VCARD",
        )
    )


def _format_phone(phone: str) -> str:
    digits = _to_digits(phone)
    return f"TEL;type=CELL;waid={digits}:+{digits}" if digits else "TEL:"


def _to_digits(phone: str) -> str:
    return "".join(filter(str.isdigit, phone))


def _is_phone(text: str) -> bool:
    return re.fullmatch(r"\+?[0-9 ()./-]{3,32}", text) is not None


def _escape(value: str) -> str:
    one_line = " ".join(value.split())
    return re.sub(r"([\\,;])", r"\\\1", one_line)
