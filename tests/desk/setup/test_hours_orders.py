"""What administrators write about opening hours."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.business_hours import WEEKDAYS, parse_hours
from desk.setup.hours_orders import HoursOrderError, apply_order
from desk.texts import translate

KEPT = apply_order("Asia/Jakarta mon-fri 09:00-17:00", None)
LONG, MORNING = {"opens": "09:00", "closes": "17:00"}, {"opens": "09:00", "closes": "12:00"}


def week(order: str, kept: dict[str, Any] | None = KEPT) -> dict[str, Any]:
    changed: dict[str, Any] = apply_order(order, kept)["week"]
    return changed


def test_days_are_set_and_others_stay() -> None:
    assert KEPT["time_zone"] == "Asia/Jakarta"
    assert [bool(KEPT["week"][day]) for day in WEEKDAYS] == [True] * 5 + [False] * 2
    changed = week("sat 9-12 fri closed")
    assert changed == {**KEPT["week"], "saturday": [MORNING], "friday": []}
    assert week("Sen,Rab-Jum 09.00-12.00")["thursday"] == [MORNING]
    assert week("monday 9-12 13-17:30")["monday"] == [
        MORNING,
        {"opens": "13:00", "closes": "17:30"},
    ]
    weekend = week("sat-mon 0-24")
    assert weekend["sunday"] == weekend["monday"] == [{"opens": "00:00", "closes": "24:00"}]
    assert weekend["tuesday"] == [LONG]
    assert apply_order("UTC", KEPT) == {**KEPT, "time_zone": "UTC"}


def test_holidays_are_added_replaced_and_deleted() -> None:
    new = apply_order("holiday 2026-12-25 Christmas Day", KEPT)
    assert new["holidays"] == [{"date": "2026-12-25", "name": "Christmas Day", "open": []}]
    new = apply_order("libur 2026-12-24 9-12", new)
    new = apply_order("holiday 2026-12-25 9-12", new)
    assert new["holidays"] == [
        {"date": "2026-12-24", "name": None, "open": [MORNING]},
        {"date": "2026-12-25", "name": None, "open": [MORNING]},
    ]
    assert new["week"] == KEPT["week"]
    assert len(apply_order("holiday 2026-12-25 delete", new)["holidays"]) == 1


@pytest.mark.parametrize(
    ("order", "key"),
    [
        ("mon 17-9", "wrong_time"),
        ("mon 9-25", "wrong_time"),
        ("mon 9:60-17:00", "wrong_time"),
        ("mon 9-12 11-17", "wrong_order"),
        ("mon nine-ten", "unknown_day"),
        ("someday 9-17", "unknown_day"),
        ("9-17", "unknown_day"),
        ("mon-xyz 9-17", "unknown_day"),
        ("Asia/Atlantis", "unknown_zone"),
        ("holiday", "no_date"),
        ("holiday 2026-02-30", "wrong_date"),
        ("holiday tomorrow", "wrong_date"),
        ("holiday 2026-12-26 delete", "no_holiday"),
    ],
)
def test_what_cannot_be_followed_says_why(order: str, key: str) -> None:
    with pytest.raises(HoursOrderError) as raised:
        apply_order(order, KEPT)
    assert raised.value.key == f"hours.{key}"
    for language in ("en", "id"):
        assert translate(language, raised.value.key, **raised.value.values)


def test_the_first_hours_need_a_zone_and_a_day() -> None:
    for order, key in (("mon 9-17", "no_zone"), ("Asia/Jakarta", "no_days")):
        with pytest.raises(HoursOrderError) as raised:
            apply_order(order, None)
        assert raised.value.key == f"hours.{key}"


@given(st.lists(st.sampled_from(["mon-fri", "sab", "9-17", "18-20", "closed", "UTC", "holiday"])))
def test_whatever_is_accepted_is_valid(words: list[str]) -> None:
    try:
        changed = apply_order(" ".join(words), KEPT)
    except HoursOrderError:
        return
    parse_hours(changed)
