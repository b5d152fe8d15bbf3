"""What follows from a try to deliver, and how it is signed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.webhooks.ports import PostResult
from desk.webhooks.retry_policy import (
    BLOCKING_ATTEMPTS,
    DELIVERY_LIFETIME,
    RetryAction,
    RetryDecision,
    decide_retry,
    describe_failure,
)
from desk.webhooks.signing import generate_secret, sign_headers

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)


def of(
    answer: PostResult, *, attempts: int = 0, failures: int = 0, is_blocking: bool = True
) -> RetryDecision:
    return decide_retry(
        answer, attempts=attempts, failures=failures, now=NOW, jitter=1.0, is_blocking=is_blocking
    )


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_whatever_is_a_success_is_one(status: int) -> None:
    assert of(PostResult(status)).action is RetryAction.DELIVERED


@pytest.mark.parametrize("status", [None, 408, 425, 429, 502, 503, 504])
def test_where_nobody_is_there_everything_waits(status: int | None) -> None:
    answer = PostResult(status, error=None if status else "ConnectionRefusedError")
    for attempts in (0, 50):
        assert of(answer, attempts=attempts).action is RetryAction.RECEIVER_DOWN


@pytest.mark.parametrize("status", [301, 307, 400, 401, 404, 410, 422, 500, 501])
def test_what_is_refused_is_set_aside_after_some_tries(status: int) -> None:
    found = [of(PostResult(status), attempts=n).action for n in range(BLOCKING_ATTEMPTS + 2)]
    again = BLOCKING_ATTEMPTS - 1
    assert found == [RetryAction.RETRY] * again + [RetryAction.ASIDE] * 3


def test_what_nobody_waits_for_never_holds_anybody_up() -> None:
    assert of(PostResult(500), attempts=0, is_blocking=False).action is RetryAction.ASIDE


def test_the_pauses_grow_to_an_hour_and_stay_there() -> None:
    waits = [(of(PostResult(503), failures=n).due_at - NOW).total_seconds() for n in range(14)]
    assert waits[:4] == [2, 4, 8, 16]
    assert waits[-2:] == [3600, 3600]
    assert waits == sorted(waits)


def test_a_receiver_may_ask_for_a_longer_pause_but_not_for_days() -> None:
    assert of(PostResult(429, after=30)).due_at == NOW + timedelta(seconds=30)
    assert of(PostResult(503, after=1e9)).due_at == NOW + timedelta(hours=1)


@given(st.floats(0, 1), st.integers(0, 1000))
def test_jitter_never_makes_it_less_than_half(jitter: float, failures: int) -> None:
    verdict = decide_retry(PostResult(503), attempts=0, failures=failures, now=NOW, jitter=jitter)
    most = decide_retry(PostResult(503), attempts=0, failures=failures, now=NOW, jitter=1.0)
    assert (verdict.due_at - NOW) * 2.0001 >= most.due_at - NOW > timedelta(0)
    assert verdict.due_at <= most.due_at < NOW + DELIVERY_LIFETIME


def test_the_reason_is_told() -> None:
    assert describe_failure(PostResult(418)) == "the receiver answered 418"
    assert describe_failure(PostResult(error="no answer")) == "no answer"


def test_signed_as_the_specification_shows() -> None:
    """The example of https://github.com/standard-webhooks/standard-webhooks, its own figures."""
    headers = sign_headers(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        datetime.fromtimestamp(1614265330, UTC),
        b'{"test": 2432232314}',
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert headers["webhook-id"] == "msg_p5jXN8AQM9LWM0D4loKWxJek"
    assert headers["webhook-timestamp"] == "1614265330"


def test_each_secret_is_another() -> None:
    secrets = {generate_secret() for _ in range(100)}
    assert len(secrets) == 100
    assert {len(each) for each in secrets} == {len("whsec_") + 44}
