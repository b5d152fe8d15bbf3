"""Opening hours: pure functions over a week, holidays and a time zone.

A desk is open by its local clock. If a clock is set back, one hour of that day can be open twice;
an hour that a clock skips is never open.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import structlog

log = structlog.get_logger(__name__)

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY = timedelta(days=1)
_TICK = timedelta(microseconds=1)
_FULL_DAY = 24 * 60
# A desk that does not open within this many days is closed for good.
_MAX_DAYS_AHEAD = 400
# Open for this long without a break means always open.
_ALWAYS = timedelta(days=8)
# No place on earth is further from UTC.
_MAX_UTC_OFFSET = timedelta(hours=15)

Interval = tuple[datetime, datetime]


class InvalidHoursError(ValueError):
    """Opening hours that are invalid; `field` names the wrong part."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a day, in minutes since midnight; `closes` is the first minute outside it."""

    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class Hours:
    """When a desk is open; `week` begins on Monday, `holidays` replace the hours of their day."""

    zone: ZoneInfo
    week: tuple[tuple[Span, ...], ...]
    holidays: Mapping[date, tuple[Span, ...]]

    def for_day(self, day: date) -> tuple[Span, ...]:
        """Return the hours of a day."""
        return self.holidays.get(day, self.week[day.weekday()])


def is_open(hours: Hours, now: datetime) -> bool:
    """Check whether the desk is open at a moment."""
    wall = now.astimezone(hours.zone)
    minutes = wall.hour * 60 + wall.minute
    return any(span.opens <= minutes < span.closes for span in hours.for_day(wall.date()))


def find_next_opening(hours: Hours, now: datetime) -> datetime | None:
    """Return when the desk opens next, in UTC: `now` if it is open; None if not within a year."""
    for opens, closes in _intervals(hours, now, _MAX_DAYS_AHEAD):
        if closes > now:
            return max(opens, now.astimezone(UTC))
    return None


def find_next_closing(hours: Hours, now: datetime) -> datetime | None:
    """Return when an open desk closes, in UTC; None if it is not open, or never closes."""
    closing = None
    for opens, closes in _intervals(hours, now, _ALWAYS.days + 2):
        if closing is None and opens <= now < closes:
            closing = closes
        elif closing is not None and opens > closing:
            break
        elif closing is not None:
            closing = max(closing, closes)
    return closing if closing is None or closing < now + _ALWAYS else None


def has_changed(hours: Hours, since: datetime, now: datetime) -> bool:
    """Check whether the desk opened or closed after `since`, and now at the latest."""
    days = (now - since).days + 2
    edges = {edge for interval in _intervals(hours, since, days) for edge in interval}
    # Where one span follows another, nothing opens or closes.
    return any(
        since < edge <= now and is_open(hours, edge) != is_open(hours, edge - _TICK)
        for edge in edges
    )


def count_business_seconds(hours: Hours | None, begin: datetime, end: datetime) -> float:
    """Return how many seconds between two moments the desk is open; without hours, all of them."""
    if end <= begin:
        return 0.0
    if hours is None:
        return (end - begin).total_seconds()
    total = timedelta()
    for opens, closes in _intervals(hours, begin, (end - begin).days + 2):
        if opens >= end:
            break
        total += max(min(closes, end) - max(opens, begin), timedelta())
    return total.total_seconds()


def add_business_time(hours: Hours | None, begin: datetime, duration: timedelta) -> datetime | None:
    """Return when the desk has been open for `duration` since `begin`; None if not within a year.

    Without hours, all time counts.
    """
    if hours is None:
        return begin + duration
    for opens, closes in _intervals(hours, begin, _MAX_DAYS_AHEAD):
        counts_from = max(opens, begin)
        if duration <= closes - counts_from:
            return counts_from + duration
        duration -= max(closes - counts_from, timedelta())
    return None


def _intervals(hours: Hours, now: datetime, days: int) -> Iterator[Interval]:
    """Yield the times at which the desk is open, from the day before `now` on, in order."""
    first = now.astimezone(hours.zone).date() - _DAY
    for number in range(days + 2):
        day = first + number * _DAY
        if spans := hours.for_day(day):
            yield from _day_intervals(hours.zone, day, spans)


def _day_intervals(zone: ZoneInfo, day: date, spans: Sequence[Span]) -> Iterator[Interval]:
    midnight = datetime.combine(day, time(), UTC)
    begin, end = midnight - _MAX_UTC_OFFSET, midnight + _DAY + _MAX_UTC_OFFSET
    before, after = _utc_offset(zone, begin), _utc_offset(zone, end)
    if before == after:
        yield from (
            (_to_utc(midnight, s.opens, before), _to_utc(midnight, s.closes, before)) for s in spans
        )
        return
    change = _find_clock_change(zone, begin, end)
    for span in spans:
        closes = min(_to_utc(midnight, span.closes, before), change)
        if (opens := _to_utc(midnight, span.opens, before)) < closes:
            yield opens, closes
    for span in spans:
        opens = max(_to_utc(midnight, span.opens, after), change)
        if opens < (closes := _to_utc(midnight, span.closes, after)):
            yield opens, closes


def _to_utc(midnight: datetime, minutes: int, offset: timedelta) -> datetime:
    return midnight + timedelta(minutes=minutes) - offset


def find_clock_changes(zone: ZoneInfo, begin: datetime, end: datetime) -> list[datetime]:
    """Find the moments between both at which the clocks of a time zone change."""
    found: list[datetime] = []
    while begin < end:
        later = min(begin + _DAY, end)
        if _utc_offset(zone, begin) != _utc_offset(zone, later):
            found.append(_find_clock_change(zone, begin, later))
        begin = later
    return found


def _find_clock_change(zone: ZoneInfo, begin: datetime, end: datetime) -> datetime:
    """Find the moment between both at which the clocks change, to the second."""
    before = _utc_offset(zone, begin)
    while end - begin > timedelta(seconds=1):
        middle = begin + timedelta(seconds=(end - begin) // timedelta(seconds=2))
        if _utc_offset(zone, middle) == before:
            begin = middle
        else:
            end = middle
    return end


def _utc_offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def parse_hours(kept: Mapping[str, Any]) -> Hours:
    """Parse opening hours from the stored document; raise InvalidHoursError.

    {"time_zone": "Asia/Jakarta", "week": {"monday": [{"opens": "09:00", "closes": "17:00"}], …},
    "holidays": [{"date": "2026-12-25", "name": "Christmas", "open": []}, …]}
    """
    if kept["time_zone"] not in _zones():
        raise InvalidHoursError("time_zone", "is not a time zone (an example is Asia/Jakarta)")
    week = tuple(_parse_day(kept["week"].get(day, ()), f"week.{day}") for day in WEEKDAYS)
    holidays: dict[date, tuple[Span, ...]] = {}
    for place, each in enumerate(kept.get("holidays", ())):
        day = date.fromisoformat(each["date"])
        if day in holidays:
            raise InvalidHoursError(f"holidays.{place}.date", "appears twice")
        holidays[day] = _parse_day(each.get("open", ()), f"holidays.{place}.open")
    return Hours(ZoneInfo(kept["time_zone"]), week, holidays)


def load_hours(kept: Mapping[str, Any]) -> Hours | None:
    """Parse opening hours that were checked before they were stored; None if now invalid."""
    return _parse_cached(json.dumps(kept, sort_keys=True))


@lru_cache(maxsize=256)
def _parse_cached(kept: str) -> Hours | None:
    # Cached, because channels are read often and their hours hardly ever change.
    try:
        return parse_hours(json.loads(kept))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        # This machine does not know the time zone any more, or somebody changed the row by hand.
        log.error("hours.unreadable", reason=f"{type(error).__name__}: {error}")
        return None


@cache
def _zones() -> frozenset[str]:
    # a set that is expensive to build: it scans the file system
    return frozenset(available_timezones())


def _parse_day(kept: Sequence[Mapping[str, str]], where: str) -> tuple[Span, ...]:
    spans = tuple(
        Span(_parse_minutes(each["opens"]), _parse_minutes(each["closes"])) for each in kept
    )
    for place, span in enumerate(spans):
        if not span.opens < span.closes <= _FULL_DAY:
            raise InvalidHoursError(f"{where}.{place}", "must close after it opens")
    for place, (one, other) in enumerate(pairwise(spans), 1):
        if other.opens < one.closes:
            raise InvalidHoursError(f"{where}.{place}", "begins before the previous one ends")
    return spans


def _parse_minutes(text: str) -> int:
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)
