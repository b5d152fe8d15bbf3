"""Waits before another attempt grow, within their bounds, for any number of attempts."""

from hypothesis import given
from hypothesis import strategies as st

from desk.backoff import retry_delay


@given(st.integers(0, 10**9), st.floats(0, 1))
def test_a_retry_waits_between_half_of_its_step_and_the_whole(attempts: int, jitter: float) -> None:
    step = min(60.0, 2.0 ** min(attempts, 10))
    assert step / 2 <= retry_delay(attempts, jitter=jitter) <= step


def test_retries_double_until_the_longest() -> None:
    delays = [retry_delay(attempts, base=0.5, most=10, jitter=1) for attempts in range(7)]
    assert delays == [0.5, 1, 2, 4, 8, 10, 10]
