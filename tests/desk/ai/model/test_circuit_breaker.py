"""Tests of the circuit breaker and of the retries, without a server."""

from datetime import UTC, datetime, timedelta

import pytest

from desk.ai.model.circuit_breaker import FAILURES_TO_OPEN, CircuitBreaker
from desk.ai.model.server_failure import FailureKind, ServerFailure, decide_retry

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def fail(breaker: CircuitBreaker, at: datetime, times: int = 1) -> None:
    for _ in range(times):
        probes = breaker.start_call()
        breaker.record_failure(at)
        breaker.end_call(probes=probes)


def test_it_opens_after_failures_in_a_row_and_probes() -> None:
    breaker = CircuitBreaker()
    fail(breaker, NOW, FAILURES_TO_OPEN - 1)
    breaker.record_success()
    fail(breaker, NOW, FAILURES_TO_OPEN - 1)
    assert breaker.find_wait(NOW) is None
    fail(breaker, NOW)
    assert breaker.find_wait(NOW) == timedelta(seconds=10)
    # Calls that were under way when it opened change nothing.
    fail(breaker, after(1), 3)
    assert breaker.find_wait(after(9)) == timedelta(seconds=1)
    assert breaker.find_wait(after(10)) is None
    # One call probes; the others wait for it. A probe that is cancelled makes room for another.
    assert breaker.start_call() is True
    assert breaker.find_wait(after(10)) is not None
    breaker.end_call(probes=True)
    assert breaker.find_wait(after(10)) is None


def test_each_failed_probe_doubles_the_pause_up_to_two_minutes() -> None:
    breaker, at = CircuitBreaker(), NOW
    fail(breaker, at, FAILURES_TO_OPEN)
    pauses = []
    for _ in range(6):
        wait = breaker.find_wait(at)
        assert wait is not None
        pauses.append(wait.total_seconds())
        at += wait
        fail(breaker, at)
    assert pauses == [10, 20, 40, 80, 120, 120]
    breaker.record_success()
    assert breaker.find_wait(at) is None
    fail(breaker, at, FAILURES_TO_OPEN)
    assert breaker.find_wait(at) == timedelta(seconds=10)


def test_a_rate_limit_pauses_new_calls_for_two_minutes_at_most() -> None:
    breaker = CircuitBreaker()
    breaker.record_rate_limit(NOW, 30)
    breaker.record_rate_limit(NOW, 5)
    assert breaker.find_pause(after(29)) == timedelta(seconds=1)
    assert breaker.find_pause(after(30)) is None
    assert breaker.find_wait(NOW) is None
    breaker.record_rate_limit(NOW, 86_400)
    assert breaker.find_pause(NOW) == timedelta(minutes=2)
    breaker.record_rate_limit(after(200), -5)
    assert breaker.find_pause(after(200)) is None


@pytest.mark.parametrize(
    ("status", "retry_after", "tries", "left", "pause"),
    [
        (429, None, 1, 20.0, 1.0),
        (429, 3.0, 1, 20.0, 3.0),
        (429, 19.0, 1, 20.0, None),
        (429, 1.0, 2, 20.0, None),
        (503, None, 1, 20.0, 0.5),
        (503, 4.0, 1, 20.0, 4.0),
        (503, None, 1, 2.0, None),
        (504, None, 1, 20.0, None),
        (401, None, 1, 20.0, None),
        (400, None, 1, 20.0, None),
    ],
)
def test_what_may_pass_is_tried_again_within_the_deadline(
    status: int, retry_after: float | None, tries: int, left: float, pause: float | None
) -> None:
    failure = ServerFailure(FailureKind.STATUS, status=status, retry_after=retry_after)
    assert decide_retry(failure, tries, left) == pause
