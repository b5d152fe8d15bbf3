"""The estimate of a wait is a range of what others really waited, and None if that says nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.conversations.wait_estimate import estimate_wait

USUAL = [60.0, 120, 300, 300, 600, 900, 3600]


@pytest.mark.parametrize(
    ("waits", "waited", "longest", "expected"),
    [
        (USUAL[:4], 0, 0, None),
        (USUAL, 0, 0, (2, 15)),
        (USUAL, 300, 0, (0, 10)),
        (USUAL, 900, 0, None),
        (USUAL, 0, 3000, (2, 50)),
        ([30.0] * 5, 0, 0, (0, 2)),
        ([5000.0] * 5, 0, 0, (75, 90)),
    ],
)
def test_ranges(
    waits: list[float], waited: float, longest: float, expected: tuple[int, int] | None
) -> None:
    assert estimate_wait(waits, waited=waited, longest=longest) == expected


@given(st.lists(st.floats(0.1, 1e5), min_size=5, max_size=50), st.floats(0, 1e5))
def test_a_range_is_in_order_and_contains_most_of_the_waits(
    waits: list[float], waited: float
) -> None:
    found = estimate_wait(waits, waited=waited)
    left = [each - waited for each in waits]
    if found is None:
        assert sum(each <= 0 for each in left) >= len(left) * 0.8
        return
    low, high = found
    assert 0 <= low <= high
    assert sum(low * 60 <= max(0, each) and each <= high * 60 for each in left) >= len(left) * 0.6
