"""Opening hours follow the local clock, in every time zone and around every clock change."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from desk.business_hours import (
    WEEKDAYS,
    Hours,
    InvalidHoursError,
    Span,
    add_business_time,
    count_business_seconds,
    find_next_closing,
    find_next_opening,
    is_open,
    load_hours,
    parse_hours,
)

OFFICE = {day: [{"opens": "09:00", "closes": "17:00"}] for day in WEEKDAYS[:5]}


def kept(zone: str = "Asia/Jakarta", week: Any = None, holidays: Any = ()) -> dict[str, Any]:
    return {"time_zone": zone, "week": OFFICE if week is None else week, "holidays": list(holidays)}


def every_day(opens: str, closes: str) -> dict[str, Any]:
    return {day: [{"opens": opens, "closes": closes}] for day in WEEKDAYS}


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def wall(hours: Hours, at: datetime | None) -> str:
    assert at is not None
    return f"{at.astimezone(hours.zone):%a %Y-%m-%d %H:%M}"


def test_an_office_week() -> None:
    hours = parse_hours(kept())
    friday_evening = utc("2026-01-09 10:00")  # 17:00 in Jakarta
    assert is_open(hours, friday_evening - timedelta(microseconds=1))
    assert not is_open(hours, friday_evening)
    assert wall(hours, find_next_opening(hours, friday_evening)) == "Mon 2026-01-12 09:00"
    assert find_next_closing(hours, friday_evening) is None
    assert wall(hours, find_next_closing(hours, utc("2026-01-09 03:00"))) == "Fri 2026-01-09 17:00"
    at_noon = utc("2026-01-09 05:00")
    assert find_next_opening(hours, at_noon) == at_noon


def test_holidays_take_the_place_of_their_day() -> None:
    short = {"date": "2026-12-24", "open": [{"opens": "09:00", "closes": "12:00"}]}
    hours = parse_hours(kept(holidays=[short, {"date": "2026-12-25", "name": "Christmas"}]))
    assert wall(hours, find_next_closing(hours, utc("2026-12-24 03:00"))) == "Thu 2026-12-24 12:00"
    assert wall(hours, find_next_opening(hours, utc("2026-12-24 06:00"))) == "Mon 2026-12-28 09:00"
    open_sunday = {"date": "2026-12-27", "open": [{"opens": "10:00", "closes": "11:00"}]}
    hours = parse_hours(kept(holidays=[open_sunday]))
    assert wall(hours, find_next_opening(hours, utc("2026-12-26 06:00"))) == "Sun 2026-12-27 10:00"


def test_spans_that_meet_at_midnight_are_one() -> None:
    week = {
        "friday": [{"opens": "22:00", "closes": "24:00"}],
        "saturday": [{"opens": "00:00", "closes": "02:00"}],
    }
    hours = parse_hours(kept("Europe/Berlin", week))
    assert wall(hours, find_next_closing(hours, utc("2026-01-09 22:00"))) == "Sat 2026-01-10 02:00"


def test_always_open_never_closes_and_never_open_never_opens() -> None:
    always, never = parse_hours(kept(week=every_day("00:00", "24:00"))), parse_hours(kept(week={}))
    now = utc("2026-01-09 10:00")
    assert (is_open(always, now), find_next_closing(always, now)) == (True, None)
    assert (is_open(never, now), find_next_opening(never, now)) == (False, None)


def test_an_opening_that_the_clocks_leave_out_is_at_their_change() -> None:
    hours = parse_hours(kept("Europe/Berlin", every_day("02:30", "10:00")))
    night = utc("2026-03-28 23:00")  # 2026-03-29: from 02:00 straight to 03:00
    assert wall(hours, find_next_opening(hours, night)) == "Sun 2026-03-29 03:00"
    within = parse_hours(kept("Europe/Berlin", every_day("02:15", "02:45")))
    assert wall(within, find_next_opening(within, night)) == "Mon 2026-03-30 02:15"


def test_an_hour_that_comes_twice_is_open_twice() -> None:
    hours = parse_hours(kept("Europe/Berlin", every_day("02:15", "02:45")))
    first = find_next_opening(hours, utc("2026-10-24 23:00"))  # 2026-10-25: 03:00 is 02:00 again
    assert first == utc("2026-10-25 00:15")
    closing = find_next_closing(hours, first)
    assert closing == utc("2026-10-25 00:45")
    assert find_next_opening(hours, closing) == utc("2026-10-25 01:15")


def test_a_day_that_a_country_left_out() -> None:
    hours = parse_hours(kept("Pacific/Apia", every_day("09:00", "17:00")))
    assert wall(hours, find_next_opening(hours, utc("2011-12-30 04:00"))) == "Sat 2011-12-31 09:00"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"time_zone": "Asia/Atlantis"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"time_zone": "posix/Asia/Jakarta"}, "time_zone"),
        ({"time_zone": "America"}, "time_zone"),
        ({"week": every_day("17:00", "09:00")}, "week.monday.0"),
        ({"week": every_day("09:00", "09:00")}, "week.monday.0"),
        ({"week": every_day("09:00", "24:30")}, "week.monday.0"),
        (
            {
                "week": {
                    "tuesday": [
                        {"opens": "09:00", "closes": "12:00"},
                        {"opens": "11:59", "closes": "15:00"},
                    ]
                }
            },
            "week.tuesday.1",
        ),
        ({"holidays": [{"date": "2026-12-25"}, {"date": "2026-12-25"}]}, "holidays.1.date"),
    ],
)
def test_hours_that_mean_nothing_are_refused(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidHoursError) as refused:
        parse_hours({**kept(), **changes})
    assert refused.value.field == field


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"time_zone": "Asia/Atlantis", "week": {}},
        {"time_zone": "Asia/Jakarta", "week": {"monday": [{"opens": "x", "closes": 5}]}},
        {"time_zone": "Asia/Jakarta", "week": []},
        {"time_zone": ["Asia/Jakarta"], "week": {}},
        {"time_zone": "Asia/Jakarta", "week": {}, "holidays": [None]},
    ],
)
def test_hours_that_were_broken_by_hand_are_none(broken: dict[str, Any]) -> None:
    assert load_hours(broken) is None


ZONES = sorted(available_timezones() - {"localtime"})
MINUTES = st.integers(0, 24 * 60)


@st.composite
def some_hours(draw: st.DrawFn) -> Hours:
    def day() -> tuple[Span, ...]:
        edges = sorted(draw(st.lists(MINUTES, max_size=6, unique=True)))
        return tuple(Span(a, b) for a, b in zip(edges[::2], edges[1::2], strict=False))

    days = st.dates(date(2000, 1, 1), date(2037, 12, 31))
    holidays = {each: day() for each in draw(st.lists(days, max_size=3))}
    week = tuple(day() for _ in WEEKDAYS)
    return Hours(ZoneInfo(draw(st.sampled_from(ZONES))), week, holidays)


MOMENTS = st.datetimes(datetime(2000, 1, 2), datetime(2036, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001 the strategy makes them aware


def week_of(*spans: tuple[int, int]) -> tuple[tuple[Span, ...], ...]:
    return (tuple(Span(*each) for each in spans),) * 7


CLOCKS = Hours(ZoneInfo("Europe/Berlin"), week_of((0, 150), (165, 1440)), {})


@settings(deadline=None)
@given(some_hours(), MOMENTS)
@example(CLOCKS, utc("2026-10-25 00:31"))
@example(CLOCKS, utc("2026-03-29 00:59"))
def test_the_next_opening_is_open_and_nothing_before_it_is(hours: Hours, now: datetime) -> None:
    check_next_opening(hours, now)


@pytest.mark.long
@settings(max_examples=400, deadline=None)
@given(some_hours(), MOMENTS)
def test_the_next_opening_of_many_hours(hours: Hours, now: datetime) -> None:
    check_next_opening(hours, now)


def check_next_opening(hours: Hours, now: datetime) -> None:
    found = find_next_opening(hours, now)
    if found is None:
        assert not any(hours.week)
        return
    assert found >= now
    assert is_open(hours, found)
    if found > now:
        assert not is_open(hours, now)
        assert not is_open(hours, found - timedelta(microseconds=1))
        for part in range(1, 60):
            assert not is_open(hours, now + (found - now) * part / 60)


@settings(deadline=None)
@given(some_hours(), MOMENTS)
@example(CLOCKS, utc("2026-10-25 00:15"))
def test_a_desk_is_open_until_it_closes(hours: Hours, moment: datetime) -> None:
    check_open_until_closing(hours, moment)


@pytest.mark.long
@settings(max_examples=400, deadline=None)
@given(some_hours(), MOMENTS)
def test_desks_of_many_hours_are_open_until_they_close(hours: Hours, moment: datetime) -> None:
    check_open_until_closing(hours, moment)


def check_open_until_closing(hours: Hours, moment: datetime) -> None:
    now = find_next_opening(hours, moment)  # the moment itself, if the desk is open then
    assume(now is not None)
    assert now is not None
    found = find_next_closing(hours, now)
    until = found or now + timedelta(days=8)
    for part in range(60):
        assert is_open(hours, now + (until - now) * part / 60)
    if found is not None:
        assert not is_open(hours, found)
        assert is_open(hours, found - timedelta(microseconds=1))


@settings(deadline=None)
@given(some_hours(), MOMENTS, st.integers(1, 100_000))
@example(CLOCKS, utc("2026-10-25 00:31"), 3600)
def test_adding_business_time_is_the_reverse_of_counting_it(
    hours: Hours, begin: datetime, seconds: int
) -> None:
    end = add_business_time(hours, begin, timedelta(seconds=seconds))
    if end is None:
        assert count_business_seconds(hours, begin, begin + timedelta(days=400)) < seconds
    else:
        assert count_business_seconds(hours, begin, end) == pytest.approx(seconds)
        assert is_open(hours, end - timedelta(microseconds=1))


def test_without_hours_all_time_is_business_time() -> None:
    begin = utc("2026-01-10 23:00")
    assert add_business_time(None, begin, timedelta(hours=2)) == utc("2026-01-11 01:00")
