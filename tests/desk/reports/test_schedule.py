"""When summaries are due, with a clock in hand: days, weeks, changes of the clocks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from desk.reports.schedule import Rhythm, SummarySchedule

JAKARTA, BERLIN = ZoneInfo("Asia/Jakarta"), ZoneInfo("Europe/Berlin")
DAILY, WEEKLY = Rhythm.DAILY, Rhythm.WEEKLY


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "now", "latest", "following", "days"),
    [
        # Eight o'clock in Jakarta is one o'clock in UTC. 2026-12-01 is a Tuesday.
        (
            SummarySchedule(DAILY, 8, JAKARTA),
            "2026-12-01 00:59",
            "2026-11-30 01:00",
            "2026-12-01 01:00",
            (date(2026, 11, 29), date(2026, 11, 29)),
        ),
        (
            SummarySchedule(DAILY, 8, JAKARTA),
            "2026-12-01 01:00",
            "2026-12-01 01:00",
            "2026-12-02 01:00",
            (date(2026, 11, 30), date(2026, 11, 30)),
        ),
        # It is Monday in Jakarta already.
        (
            SummarySchedule(WEEKLY, 0, JAKARTA),
            "2026-11-29 18:00",
            "2026-11-29 17:00",
            "2026-12-06 17:00",
            (date(2026, 11, 23), date(2026, 11, 29)),
        ),
        (
            SummarySchedule(WEEKLY, 8, JAKARTA),
            "2026-11-29 18:00",
            "2026-11-23 01:00",
            "2026-11-30 01:00",
            (date(2026, 11, 16), date(2026, 11, 22)),
        ),
        # At two o'clock the clocks of Berlin go on to three: the summary comes at that moment.
        (
            SummarySchedule(DAILY, 2, BERLIN),
            "2026-03-29 02:00",
            "2026-03-29 01:00",
            "2026-03-30 00:00",
            (date(2026, 3, 28), date(2026, 3, 28)),
        ),
        # Half past two comes twice there; the summary comes the first time.
        (
            SummarySchedule(DAILY, 2, BERLIN),
            "2026-10-25 01:30",
            "2026-10-25 00:00",
            "2026-10-26 01:00",
            (date(2026, 10, 24), date(2026, 10, 24)),
        ),
    ],
)
def test_when_it_is_due_and_of_which_days(
    schedule: SummarySchedule, now: str, latest: str, following: str, days: tuple[date, date]
) -> None:
    assert schedule.find_latest(utc(now)) == utc(latest)
    assert schedule.find_next(utc(now)) == utc(following)
    period = schedule.find_period(schedule.find_latest(utc(now)))
    assert (period.first, period.last) == days


def test_every_day_of_a_year_has_one_summary() -> None:
    schedule = SummarySchedule(DAILY, 2, BERLIN)
    now, days = utc("2026-01-01 00:00"), []
    for _ in range(365):
        now = schedule.find_next(now)
        days.append(schedule.find_period(now).first)
        assert schedule.find_latest(now) == now
        assert schedule.find_latest(now + timedelta(minutes=1)) == now
    assert days == [date(2025, 12, 31) + timedelta(days=each) for each in range(365)]
