"""Read and write contact cards (vCard): a name, numbers, and mail addresses."""

import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass

_FOLD = re.compile(r"\r?\n[ \t]")
# In quoted-printable a line that ends with this continues in the next one.
_SOFT_BREAK = re.compile(r"=\r?\n")
_ESCAPE = re.compile(r"\\([\\,;nN])")
_WAID = re.compile(r"waid=(\d+)", re.IGNORECASE)
_MAX_LENGTH = 190
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
    name = structured = company = ""
    phones: list[str] = []
    mails: list[str] = []
    for kind, label, value in _iterate_lines(written):
        if kind == "FN":
            name = name or _unescape(value)
        elif kind == "N":
            structured = structured or _to_spoken_name(value)
        elif kind == "ORG":
            company = company or _unescape(value.rstrip(";").replace(";", ", "))
        elif kind == "TEL":
            found = _WAID.search(label)
            phones.append(
                _unescape(value.removeprefix("tel:")) or (f"+{found[1]}" if found else "")
            )
        elif kind == "EMAIL":
            mails.append(_unescape(value.removeprefix("mailto:")))
    name = name or structured
    phone, *others = [*dict.fromkeys(filter(None, phones))] or [""]
    more = [*others, *dict.fromkeys(filter(None, mails)), company if company != name else ""]
    shown = tuple(each[:_MAX_LENGTH] for each in more if each)[:_MAX_LISTED]
    return ContactCard((name or company)[:_MAX_LENGTH], phone[:_MAX_PHONE], shown)


def _iterate_lines(written: str) -> Iterator[tuple[str, str, str]]:
    """Yield each line's kind, its label with the parameters, and its decoded value."""
    unfolded = _FOLD.sub("", written)
    if "QUOTED-PRINTABLE" in unfolded.upper():
        unfolded = _SOFT_BREAK.sub("", unfolded)
    for line in unfolded.splitlines():
        label, _, value = line.partition(":")
        kind = label.partition(";")[0].rpartition(".")[2].strip().upper()
        yield kind, label, _decode(label, value)


def _decode(label: str, value: str) -> str:
    if "QUOTED-PRINTABLE" not in label.upper():
        return value
    return quopri.decodestring(value.encode()).decode("utf-8", "replace")


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


def _to_spoken_name(value: str) -> str:
    """Convert a structured name, with the family name first, to the spoken order."""
    family, given, *_ = [*re.split(r"(?<!\\);", value), "", ""]
    return " ".join(filter(None, (_unescape(given), _unescape(family))))


def _unescape(value: str) -> str:
    shown = _ESCAPE.sub(lambda found: " " if found[1] in "nN" else found[1], value)
    return " ".join(shown.split())


def _escape(value: str) -> str:
    one_line = " ".join(value.split())
    return re.sub(r"([\\,;])", r"\\\1", one_line)
