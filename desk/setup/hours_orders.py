"""Read what an administrator writes about opening hours; pure functions.

    mon-fri 09:00-12:00 13:00-17:00 sat 9-13
    Asia/Jakarta mon,wed 9-17
    holiday 2026-12-25 Christmas
    holiday 2026-12-24 9-12 Christmas Eve
    holiday 2026-12-25 delete

A day that is named without times is closed. Days may be named in English or Indonesian.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from desk.business_hours import WEEKDAYS, InvalidHoursError, parse_hours

_NAMES = {
    **{day[:3]: day for day in WEEKDAYS},
    **dict(zip(("sen", "sel", "rab", "kam", "jum", "sab", "min"), WEEKDAYS, strict=True)),
}
_DAYS = re.compile(r"[a-z]{3,9}(?:[-,][a-z]{3,9})*")
_SPAN = re.compile(r"(\d{1,2})(?:[:.](\d\d))?-(\d{1,2})(?:[:.](\d\d))?")
_CLOSED = {"closed", "tutup"}
_HOLIDAY = {"holiday", "libur"}
_DELETE = {"delete", "hapus"}
_MAX_HOLIDAYS = 400
_MAX_NAME = 120
_LATEST = "24:00"
_HOUR = 60

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class HoursOrderError(Exception):
    """An order that cannot be followed; the key names a text for staff."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)


def apply_order(order: str, kept: Document | None) -> Document:
    """Return the opening hours as an order changes them; raise HoursOrderError."""
    words = order.split()
    new: Document = {
        "time_zone": (kept or {}).get("time_zone"),
        "week": {day: (kept or {}).get("week", {}).get(day, []) for day in WEEKDAYS},
        "holidays": list((kept or {}).get("holidays", [])),
    }
    if words and "/" in words[0]:
        new["time_zone"] = words.pop(0)
    elif words and words[0].upper() == "UTC":
        new["time_zone"] = words.pop(0).upper()
    if words and words[0].lower() in _HOLIDAY:
        new["holidays"] = _change_holidays(new["holidays"], words[1:])
    else:
        for days, spans in _read_days(words):
            new["week"] |= dict.fromkeys(days, spans)
    if new["time_zone"] is None:
        raise HoursOrderError("hours.no_zone")
    if kept is None and not words:
        raise HoursOrderError("hours.no_days")
    _check(new)
    return new


def _check(document: Document) -> None:
    try:
        parse_hours(document)
    except InvalidHoursError as error:
        if error.field == "time_zone":
            raise HoursOrderError("hours.unknown_zone", {"zone": document["time_zone"]}) from None
        raise HoursOrderError("hours.wrong_order") from None


def _read_days(words: Sequence[str]) -> Iterator[tuple[list[str], list[dict[str, str]]]]:
    """Yield each group of days with its times."""
    rest = [each.lower() for each in words]
    while rest:
        days = _read_names(rest.pop(0))
        spans = []
        while rest and (rest[0] in _CLOSED or _SPAN.fullmatch(rest[0])):
            if (word := rest.pop(0)) not in _CLOSED:
                spans.append(_read_span(word))
        yield days, spans


def _read_names(word: str) -> list[str]:
    """Return the days of "mon", "mon-fri" or "mon,wed-fri"."""
    if not _DAYS.fullmatch(word):
        raise HoursOrderError("hours.unknown_day", {"word": word})
    found: list[str] = []
    for part in word.split(","):
        first, *more = (_find_day(name) for name in part.split("-"))
        last = WEEKDAYS.index(more[-1]) if more else WEEKDAYS.index(first)
        begin = WEEKDAYS.index(first)
        length = (last - begin) % len(WEEKDAYS) + 1
        found += [WEEKDAYS[(begin + number) % len(WEEKDAYS)] for number in range(length)]
    return found


def _find_day(name: str) -> str:
    day = _NAMES.get(name[:3])
    if day is None:
        raise HoursOrderError("hours.unknown_day", {"word": name})
    return day


def _read_span(word: str) -> dict[str, str]:
    found = _SPAN.fullmatch(word)
    assert found is not None  # noqa: S101 checked by the callers
    opens, closes = _format_time(found[1], found[2]), _format_time(found[3], found[4])
    if opens >= closes or closes > _LATEST:
        raise HoursOrderError("hours.wrong_time", {"word": word})
    return {"opens": opens, "closes": closes}


def _format_time(hour: str, minute: str | None) -> str:
    if int(minute or 0) >= _HOUR:
        raise HoursOrderError("hours.wrong_time", {"word": f"{hour}:{minute}"})
    return f"{int(hour):02}:{int(minute or 0):02}"


def _change_holidays(kept: Sequence[Document], words: Sequence[str]) -> list[Document]:
    """Add, replace or delete the holiday of a date; without times it is closed all day."""
    if not words:
        raise HoursOrderError("hours.no_date")
    day, rest = _read_date(words[0]), list(words[1:])
    others = [each for each in kept if each["date"] != day]
    if rest and rest[0].lower() in _DELETE:
        if len(others) == len(kept):
            raise HoursOrderError("hours.no_holiday", {"date": day})
        return others
    spans = []
    while rest and (rest[0].lower() in _CLOSED or _SPAN.fullmatch(rest[0])):
        if (word := rest.pop(0)).lower() not in _CLOSED:
            spans.append(_read_span(word))
    if len(others) >= _MAX_HOLIDAYS:
        raise HoursOrderError("hours.too_many", {"most": _MAX_HOLIDAYS})
    new = {"date": day, "name": " ".join(rest)[:_MAX_NAME] or None, "open": spans}
    return sorted([*others, new], key=lambda each: str(each["date"]))


def _read_date(word: str) -> str:
    try:
        return date.fromisoformat(word).isoformat()
    except ValueError:
        raise HoursOrderError("hours.wrong_date", {"word": word}) from None
