"""Times until which a session is put aside, as people choose and write them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from desk.conversations.snooze_times import list_choices, parse_snooze_time

JAKARTA = ZoneInfo("Asia/Jakarta")
# A Tuesday, 14:00 in Jakarta.
NOW = datetime(2026, 12, 1, 7, 0, tzinfo=UTC)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=JAKARTA)


def test_the_choices_are_times_of_the_desks_zone() -> None:
    assert list_choices(NOW, JAKARTA) == {
        "hour": NOW + timedelta(hours=1),
        "evening": local("2026-12-01T18:00"),
        "tomorrow": local("2026-12-02T09:00"),
        "monday": local("2026-12-07T09:00"),
    }


def test_what_has_passed_or_is_named_already_is_no_choice() -> None:
    sunday_night = local("2026-12-06T23:00")
    assert set(list_choices(sunday_night, JAKARTA)) == {"hour", "tomorrow"}
    monday = local("2026-12-07T08:00")
    assert list_choices(monday, JAKARTA)["monday"] == local("2026-12-14T09:00")


@pytest.mark.parametrize(
    ("written", "until"),
    [
        ("2h", NOW + timedelta(hours=2)),
        ("30 min", NOW + timedelta(minutes=30)),
        ("2 Hari", NOW + timedelta(days=2)),
        ("besok", local("2026-12-02T09:00")),
        ("tonight", local("2026-12-01T18:00")),
        ("17:30", local("2026-12-01T17:30")),
        ("9.15", local("2026-12-02T09:15")),
        ("2026-12-24", local("2026-12-24T09:00")),
        ("2026-12-24  08:30", local("2026-12-24T08:30")),
        ("2020-01-01 08:00", local("2020-01-01T08:00")),
    ],
)
def test_written_times_are_read(written: str, until: datetime) -> None:
    assert parse_snooze_time(written, NOW, JAKARTA) == until


@pytest.mark.parametrize(
    "written", ["", "soon", "25:00", "2026-02-30", "0000-01-01", "9999-99-99", "-1h", "1" * 1000]
)
def test_what_is_no_time_is_none(written: str) -> None:
    assert parse_snooze_time(written, NOW, JAKARTA) is None
