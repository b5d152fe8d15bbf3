"""Read contact cards (vCard), which carry what a provider's own fields leave out."""

import quopri
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_FOLD = re.compile(r"\r?\n[ \t]")
# In quoted-printable, a line that ends with this continues in the next one.
_SOFT_BREAK = re.compile(r"=\r?\n")
_SEPARATOR = re.compile(r"(?<!\\);")
_ESCAPE = re.compile(r"\\([\\,;:nN])")
_WAID = re.compile(r"waid=(\d+)", re.IGNORECASE)
_CHARSET = re.compile(r"charset=\"?([\w-]+)", re.IGNORECASE)
_MAX_LENGTH, _MAX_LISTED = 190, 20
_MAX_CARD = 100_000


@dataclass(frozen=True, slots=True)
class VCard:
    """What a contact card says; what is missing is empty."""

    name: str = ""
    first_name: str = ""
    last_name: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    company: str = ""


def parse_vcard(written: str) -> VCard:
    """Parse a contact card, of which any part may be missing."""
    found: dict[str, list[str]] = {}
    for kind, label, value in _iterate_lines(written[:_MAX_CARD]):
        number = _WAID.search(label) if kind == "TEL" and not _clean(value) else None
        found.setdefault(kind, []).append(f"+{number[1]}" if number is not None else value)
    last, first = _split_name(_get_first(found, "N"))
    shown = _clean(_get_first(found, "FN"))
    return VCard(
        name=shown or " ".join(filter(None, (first, last))),
        first_name=first,
        last_name=last,
        phones=_list(found.get("TEL", ()), "tel:"),
        emails=_list(found.get("EMAIL", ()), "mailto:"),
        company=_clean(_get_first(found, "ORG").rstrip(";").replace(";", ", ")),
    )


def _iterate_lines(written: str) -> Iterator[tuple[str, str, str]]:
    """Yield each line's kind, its label with the parameters, and its value."""
    if "QUOTED-PRINTABLE" in written.upper():
        written = _SOFT_BREAK.sub("", written)
    for line in _FOLD.sub("", written).splitlines():
        label, _, value = line.partition(":")
        kind = label.partition(";")[0].rpartition(".")[2].strip().upper()
        yield kind, label, _decode(label, value)


def _decode(label: str, value: str) -> str:
    if "QUOTED-PRINTABLE" not in label.upper():
        return value
    charset = _CHARSET.search(label)
    decoded = quopri.decodestring(value.encode("utf-8", "replace"))
    try:
        return decoded.decode(charset[1] if charset else "utf-8", "replace")
    except LookupError:
        return decoded.decode("utf-8", "replace")


def _split_name(value: str) -> tuple[str, str]:
    """Split a structured name into the family name and the given one."""
    family, given, *_ = [*_SEPARATOR.split(value), ""]
    return _clean(family), _clean(given)


def _get_first(found: Mapping[str, Sequence[str]], kind: str) -> str:
    """Return the first value of a kind that says something."""
    return next((each for each in found.get(kind, ()) if _clean(each)), "")


def _list(values: list[str] | tuple[str, ...], prefix: str) -> tuple[str, ...]:
    cleaned = (_clean(each).removeprefix(prefix) for each in values)
    return tuple(dict.fromkeys(each for each in cleaned if each))[:_MAX_LISTED]


def _clean(value: str) -> str:
    shown = _ESCAPE.sub(lambda found: " " if found[1] in "nN" else found[1], value)
    return " ".join(shown.split())[:_MAX_LENGTH]
