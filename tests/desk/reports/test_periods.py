"""Periods by their names, with a clock in hand: over midnight, months and years."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from desk.reports.names import NamedPeriod
from desk.reports.periods import InvalidPeriodError, choose_period

JAKARTA = ZoneInfo("Asia/Jakarta")
# Wednesday, one in the morning in Jakarta; in UTC it is still Tuesday.
NOW = datetime(2026, 3, 31, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "name", "days", "compared"),
    [
        (NOW, "today", "2026-04-01 2026-04-01", "2026-03-31 2026-03-31"),
        (NOW, "yesterday", "2026-03-31 2026-03-31", "2026-03-30 2026-03-30"),
        (NOW, "this_week", "2026-03-30 2026-04-01", "2026-03-23 2026-03-25"),
        (NOW, "last_week", "2026-03-23 2026-03-29", "2026-03-16 2026-03-22"),
        (NOW, "this_month", "2026-04-01 2026-04-01", "2026-03-01 2026-03-01"),
        (NOW, "last_month", "2026-03-01 2026-03-31", "2026-02-01 2026-02-28"),
        # February has no 31st.
        (
            datetime(2026, 3, 31, tzinfo=UTC),
            "this_month",
            "2026-03-01 2026-03-31",
            "2026-02-01 2026-02-28",
        ),
        (
            datetime(2027, 1, 1, tzinfo=UTC),
            "last_month",
            "2026-12-01 2026-12-31",
            "2026-11-01 2026-11-30",
        ),
        (
            datetime(2027, 1, 1, tzinfo=UTC),
            "this_week",
            "2026-12-28 2027-01-01",
            "2026-12-21 2026-12-25",
        ),
    ],
)
def test_days_of_a_name_and_the_days_to_compare_with(
    now: datetime, name: str, days: str, compared: str
) -> None:
    period = choose_period(now, JAKARTA, name=NamedPeriod(name))
    assert f"{period.first} {period.last}" == days
    assert f"{period.before().first} {period.before().last}" == compared
    assert period.begin.astimezone(JAKARTA).hour == 0


def test_a_name_and_days_contradict_each_other() -> None:
    with pytest.raises(InvalidPeriodError, match="not both"):
        choose_period(NOW, JAKARTA, date(2026, 1, 1), name=NamedPeriod.TODAY)
