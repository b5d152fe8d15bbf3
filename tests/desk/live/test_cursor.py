"""A cursor records exactly what was sent: no event is lost or sent twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.live.cursor import MAX_PENDING, EventCursor


def test_rows_in_order_leave_one_number() -> None:
    cursor = EventCursor(5)
    for row in (6, 7, 8):
        cursor = cursor.advance_past(row)
    assert str(cursor) == "8"


def test_a_late_row_is_pending_until_it_comes() -> None:
    cursor = EventCursor(5).advance_past(7).advance_past(8)
    assert str(cursor) == "8-6"
    assert cursor.has_passed(7)
    assert not cursor.has_passed(6)
    assert str(cursor.advance_past(6)) == "8"


def test_a_partly_sent_row_keeps_its_count() -> None:
    cursor = EventCursor(5).advance_past(6, sent=2)
    assert str(cursor) == "6-6.2"
    assert cursor.count_sent(6) == 2
    assert not cursor.has_passed(6)
    assert str(cursor.advance_past(6)) == "6"


def test_a_dropped_row_is_no_longer_pending() -> None:
    cursor = EventCursor(5).advance_past(8)
    assert str(cursor.drop({6})) == "8-7"


def test_only_the_newest_pending_rows_are_kept() -> None:
    cursor = EventCursor(0).advance_past(10_000)
    assert len(cursor.pending) == MAX_PENDING - 1
    assert min(cursor.pending) == 10_000 - MAX_PENDING + 1
    assert EventCursor.parse(str(cursor)) == cursor
    in_part = cursor.advance_past(10_002, sent=3)
    assert len(in_part.pending) == MAX_PENDING
    assert EventCursor.parse(str(in_part)) == in_part


@pytest.mark.parametrize(
    "text", ["", "-1", "x", "1-", "1-2.", "1 ", "\uff11", "1" * 19, "1-2-3.4.5", "1" + "-2" * 101]
)
def test_an_invalid_cursor_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a valid event cursor"):
        EventCursor.parse(text)


rows = st.lists(st.integers(1, 40), unique=True)


@given(rows)
def test_sent_rows_are_known_in_any_order(order: list[int]) -> None:
    cursor = EventCursor()
    for row in order:
        cursor = cursor.advance_past(row)
    assert {row for row in range(1, 41) if cursor.has_passed(row)} == set(order)
    assert EventCursor.parse(str(cursor)) == cursor


@given(rows, rows)
def test_a_cursor_covers_another_if_it_was_sent_everything_that_the_other_was(
    first: list[int], second: list[int]
) -> None:
    here, there = EventCursor(), EventCursor()
    for row in first:
        here = here.advance_past(row)
    for row in second:
        there = there.advance_past(row)
    later = {row for row in range(1, 41) if not here.has_passed(row)}
    assert here.covers(there) == (
        not any(there.has_passed(row) for row in later) and here.top >= there.top
    )
