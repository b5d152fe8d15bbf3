"""Finds dates, weekdays and times in a text. Pure."""

import re
from collections.abc import Iterator

from desk.ai.guardrails.figures import Figure

_MONTHS = (
    r"jan(?:uary|uari)?", r"feb(?:ruary|ruari)?", r"mar(?:ch|et)?", r"apr(?:il)?", r"may|mei",
    r"june?|juni", r"july?|juli", r"aug(?:ust)?|agu(?:stus)?|agt", r"sep(?:t|tember)?",
    r"o[ck]t(?:ober)?", r"nov(?:ember)?", r"de[cs](?:ember)?",
)  # fmt: skip
_MONTH = "|".join(_MONTHS)
_MONTH_NUMBERS = [re.compile(pattern) for pattern in _MONTHS]
_DAYS = (
    r"monday|mon|senin", r"tuesday|tues?|selasa", r"wednesday|wed|rabu", r"thursday|thurs?|kamis",
    r"friday|fri|jum'?at", r"saturday|sat|sabtu", r"sunday|sun|hari minggu|minggu|ahad",
)  # fmt: skip
_DAY = "|".join(_DAYS)
_DAY_NUMBERS = [re.compile(pattern) for pattern in _DAYS]
_WEEKDAY = re.compile(rf"\b(?P<day>{_DAY})s?\b")
# "Minggu" is Sunday, and also week: it is a week after a number, and in "next week".
_IS_WEEK = re.compile(r"(?:\d|\b(?:satu|dua|tiga|empat|per|setiap|tiap|beberapa|dalam))\s*$")
_WEEK_REACH = 16
_WEEK_AFTER = re.compile(r"\s*(?:depan|ini|lalu|lagi|kemudian|kerja)\b")
_DAY_RANGE = re.compile(
    rf"\b(?P<first>{_DAY})s?\s?(?:-|to|through|until|till|sampai|hingga|s/d|s\.d\.)\s?"
    rf"(?P<last>{_DAY})\b"
)
_ALL_DAYS = re.compile(
    r"\b(?:every ?day|daily|setiap hari|tiap hari|7 days a week|24/7|seven days a week)\b"
)
_WORKING_DAYS = re.compile(r"\b(?:weekdays|working days|business days|hari kerja)\b")
_WEEKEND = re.compile(r"\b(?:weekends?|akhir pekan)\b")
_WRITTEN = re.compile(
    rf"\b(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)?[ -](?P<month>{_MONTH})"
    rf"|(?P<month2>{_MONTH})[ -](?P<day2>\d{{1,2}})(?:st|nd|rd|th)?)\b,?(?: ?(?P<year>\d{{4}}))?"
)
_ISO = re.compile(r"\b(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})\b")
_NUMERIC = re.compile(r"\b(?P<one>\d{1,2})[/.](?P<two>\d{1,2})[/.](?P<year>\d{4}|\d{2})\b")
_TIME = re.compile(
    r"(?<![\w.,$€£])(?<!\$ )(?P<hour>\d{1,2})[:.](?P<minute>[0-5]\d)(?![\d.,]*\d)"
    r"\s?(?P<half>[ap]\.?m\b\.?)?"
)
_HOUR = re.compile(r"\b(?P<hour>\d{1,2})\s?(?P<half>[ap]\.?m\b\.?|o'clock)")
_AT_HOUR = re.compile(r"\b(?:jam|pukul)\s(?P<hour>\d{1,2})\b(?![:.]\d)")
_RELATIVE = {
    "tomorrow": r"tomorrow|besok",
    "after tomorrow": r"day after tomorrow|lusa",
    "tonight": r"tonight|nanti malam|malam ini",
    "next week": r"next week|minggu depan|pekan depan",
    "next month": r"next month|bulan depan",
    "this week": r"this week|minggu ini|pekan ini",
}
_RELATIVES = {name: re.compile(rf"\b(?:{words})\b") for name, words in _RELATIVE.items()}
_HALF_DAY, _HOURS, _WEEK, _SATURDAY, _MOST_MONTHS = 12, 24, 7, 5, 12

Span = tuple[int, int]


def find_dates(text: str) -> Iterator[tuple[Span, Figure]]:
    """Yield the dates, weekdays and times of a plain text, with their places."""
    yield from _find_full_dates(text)
    for match in _WEEKDAY.finditer(text):
        if not _is_week(text, match):
            yield match.span(), _build(match[0], f"weekday:{_to_day(match['day'])}")
    for name, pattern in _RELATIVES.items():
        for match in pattern.finditer(text):
            yield match.span(), _build(match[0], f"relative:{name}")
    for match in _TIME.finditer(text):
        if int(match["hour"]) < _HOURS:
            minute = int(match["minute"])
            yield match.span(), _build_time(match[0], int(match["hour"]), minute, match["half"])
    for match in (*_HOUR.finditer(text), *_AT_HOUR.finditer(text)):
        half = match.groupdict().get("half")
        yield match.span(), _build_time(match[0], int(match["hour"]), 0, half)


def find_day_ranges(text: str) -> Iterator[str]:
    """Yield the forms of the weekdays that a plain text means without naming them."""
    for match in _DAY_RANGE.finditer(text):
        first, last = _to_day(match["first"]), _to_day(match["last"])
        length = (last - first) % _WEEK
        yield from (f"weekday:{(first + step) % _WEEK}" for step in range(length + 1))
    if _ALL_DAYS.search(text):
        yield from (f"weekday:{day}" for day in range(_WEEK))
    if _WORKING_DAYS.search(text):
        yield from (f"weekday:{day}" for day in range(_SATURDAY))
    if _WEEKEND.search(text):
        yield from (f"weekday:{day}" for day in range(_SATURDAY, _WEEK))


def _find_full_dates(text: str) -> Iterator[tuple[Span, Figure]]:
    for match in _WRITTEN.finditer(text):
        month = _find_number(_MONTH_NUMBERS, match["month"] or match["month2"]) + 1
        day = int(match["day"] or match["day2"])
        yield match.span(), _build_date(match[0], [(day, month)], match["year"])
    for match in _ISO.finditer(text):
        days = [(int(match["day"]), int(match["month"]))]
        yield match.span(), _build_date(match[0], days, match["year"])
    for match in _NUMERIC.finditer(text):
        one, two = int(match["one"]), int(match["two"])
        days = [(one, two), (two, one)] if max(one, two) <= _MOST_MONTHS else [(one, two)]
        yield match.span(), _build_date(match[0], days, match["year"])


def _build_date(text: str, days: list[tuple[int, int]], year: str | None) -> Figure:
    short = {f"date:{day}-{month}" for day, month in days}
    if year is None:
        return Figure(text, frozenset(short), frozenset(short))
    # A year of its own has to be proven; one that the evidence does not give proves nothing.
    full = {f"{form}-{year[-2:]}" for form in short}
    return Figure(text, frozenset(short | full), frozenset(full))


def _build_time(text: str, hour: int, minute: int, half: str | None) -> Figure:
    if half and half.startswith("p") and hour < _HALF_DAY:
        hour += _HALF_DAY
    if half and half.startswith("a") and hour == _HALF_DAY:
        hour = 0
    form = f"time:{hour}:{minute:02}"
    plain = {f"number:{hour}"} if minute == 0 else set()
    return Figure(text, frozenset({form} | plain), frozenset({form}))


def _build(text: str, form: str) -> Figure:
    return Figure(text, frozenset({form}), frozenset({form}))


def _is_week(text: str, match: re.Match[str]) -> bool:
    if match["day"] != "minggu":
        return False
    before = text[max(0, match.start() - _WEEK_REACH) : match.start()]
    return bool(_IS_WEEK.search(before) or _WEEK_AFTER.match(text, match.end()))


def _to_day(name: str) -> int:
    return _find_number(_DAY_NUMBERS, name)


def _find_number(patterns: list[re.Pattern[str]], name: str) -> int:
    return next(number for number, each in enumerate(patterns) if each.fullmatch(name))
