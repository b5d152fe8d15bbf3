"""Times in texts for staff are written in the desk's time zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from desk.formatting.times import show_values

NIGHT = datetime(2026, 1, 5, 20, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "zone", "shown"),
    [
        (NIGHT, "Asia/Jakarta", "2026-01-06 03:30 WIB"),
        (NIGHT, "UTC", "2026-01-05 20:30 UTC"),
        (NIGHT, "Europe/Istanbul", "2026-01-05 23:30 UTC+03"),
        # The hour that comes twice when the clocks go back.
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "Europe/Berlin", "2026-10-25 02:30 CEST"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "Europe/Berlin", "2026-10-25 02:30 CET"),
        ("Mia", "Asia/Jakarta", "Mia"),
        (7, "Asia/Jakarta", 7),
    ],
)
def test_times_are_written_out_and_other_values_stay(
    value: object, zone: str, shown: object
) -> None:
    assert show_values({"it": value}, ZoneInfo(zone)) == {"it": shown}
