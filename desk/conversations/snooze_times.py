"""The times until which sessions are put aside: choices, and times as people write them; pure."""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_MORNING, _EVENING = time(9), time(18)
_MONDAY = 0
_CLOCK = r"(\d{1,2})[:.](\d{2})"
_DURATION = re.compile(r"(\d{1,4})\s*(m|min|h|d|j|jam|mnt|hari)", re.IGNORECASE)
_TIME = re.compile(_CLOCK)
_DATE = re.compile(rf"(\d{{4}})-(\d{{1,2}})-(\d{{1,2}})(?:[ T]+{_CLOCK})?")
_UNITS = {"m": 1, "min": 1, "mnt": 1, "h": 60, "j": 60, "jam": 60, "d": 1440, "hari": 1440}
# What people write for the choices, in both languages.
_WORDS = {
    "1h": "hour",
    "evening": "evening",
    "tonight": "evening",
    "malam": "evening",
    "tomorrow": "tomorrow",
    "besok": "tomorrow",
    "monday": "monday",
    "senin": "monday",
}


def list_choices(now: datetime, zone: tzinfo) -> dict[str, datetime]:
    """Return the times to choose from: in an hour, this evening, tomorrow, on Monday.

    A choice that has passed, or that is the same as another one, is left out.
    """
    today = now.astimezone(zone).date()
    monday = today + timedelta(days=(_MONDAY - today.weekday() - 1) % 7 + 1)
    tomorrow = today + timedelta(days=1)
    all_of_them = {
        "hour": now + timedelta(hours=1),
        "evening": _to_moment(today, _EVENING, zone),
        "tomorrow": _to_moment(tomorrow, _MORNING, zone),
        "monday": _to_moment(monday, _MORNING, zone),
    }
    if monday == tomorrow:
        del all_of_them["monday"]
    return {name: at for name, at in all_of_them.items() if at > now}


def parse_snooze_time(written: str, now: datetime, zone: tzinfo) -> datetime | None:
    """Return the time that somebody wrote, in the desk's time zone; None: it is no time.

    `2h`, `30 min`, `tomorrow`, `17:30` (the next one), `2026-12-01` (in the morning),
    `2026-12-01 17:30`. A date may be in the past.
    """
    written = " ".join(written.lower().split())
    if (word := _WORDS.get(written)) is not None:
        return list_choices(now, zone).get(word)
    try:
        if found := _DURATION.fullmatch(written):
            return now + timedelta(minutes=int(found[1]) * _UNITS[found[2]])
        if found := _TIME.fullmatch(written):
            return _find_next(time(int(found[1]), int(found[2])), now, zone)
        if found := _DATE.fullmatch(written):
            day = date(int(found[1]), int(found[2]), int(found[3]))
            clock = time(int(found[4]), int(found[5])) if found[4] else _MORNING
            return _to_moment(day, clock, zone)
    except (ValueError, OverflowError):  # 25:00, the 30th of February, the year 0
        return None
    return None


def _find_next(clock: time, now: datetime, zone: tzinfo) -> datetime:
    today = now.astimezone(zone).date()
    at = _to_moment(today, clock, zone)
    return at if at > now else _to_moment(today + timedelta(days=1), clock, zone)


def _to_moment(day: date, clock: time, zone: tzinfo) -> datetime:
    return datetime.combine(day, clock, zone).astimezone(UTC)
