"""When summaries are due, with a clock in hand: days, weeks, changes of the clocks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from desk.reports.schedule import Rhythm, SummarySchedule

ZONES = {"Jakarta": ZoneInfo("Asia/Jakarta"), "Berlin": ZoneInfo("Europe/Berlin")}


def utc(text: str) -> datetime:
    """Return a time of 2026."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=UTC)


# Eight o'clock in Jakarta is one o'clock in UTC. 2026-12-01 is a Tuesday.
@pytest.mark.parametrize(
    ("schedule", "now", "latest", "following", "first", "last"),
    [
        ("daily 8 Jakarta", "12-01 00:59", "11-30 01:00", "12-01 01:00", "11-29", "11-29"),
        ("daily 8 Jakarta", "12-01 01:00", "12-01 01:00", "12-02 01:00", "11-30", "11-30"),
        # It is Monday in Jakarta already.
        ("weekly 0 Jakarta", "11-29 18:00", "11-29 17:00", "12-06 17:00", "11-23", "11-29"),
        ("weekly 8 Jakarta", "11-29 18:00", "11-23 01:00", "11-30 01:00", "11-16", "11-22"),
        # At two o'clock the clocks of Berlin go on to three: the summary comes at that moment.
        ("daily 2 Berlin", "03-29 02:00", "03-29 01:00", "03-30 00:00", "03-28", "03-28"),
        # Half past two comes twice there; the summary comes the first time.
        ("daily 2 Berlin", "10-25 01:30", "10-25 00:00", "10-26 01:00", "10-24", "10-24"),
    ],
)
def test_when_it_is_due_and_of_which_days(
    schedule: str, now: str, latest: str, following: str, *, first: str, last: str
) -> None:
    rhythm, hour, city = schedule.split()
    made = SummarySchedule(Rhythm(rhythm), int(hour), ZONES[city])
    assert made.find_latest(utc(now)) == utc(latest)
    assert made.find_next(utc(now)) == utc(following)
    period = made.find_period(made.find_latest(utc(now)))
    assert (period.first, period.last) == (utc(first).date(), utc(last).date())


def test_every_day_of_a_year_has_one_summary() -> None:
    schedule = SummarySchedule(Rhythm.DAILY, 2, ZONES["Berlin"])
    now, days = utc("01-01 00:00"), []
    for _ in range(365):
        now = schedule.find_next(now)
        days.append(schedule.find_period(now).first)
        assert schedule.find_latest(now) == now
        assert schedule.find_latest(now + timedelta(minutes=1)) == now
    assert days == [date(2025, 12, 31) + timedelta(days=each) for each in range(365)]
