"""What follows from an attempt to deliver, and how it is signed."""

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
def test_every_2xx_status_is_a_success(status: int) -> None:
    assert of(PostResult(status)).action is RetryAction.DELIVERED


@pytest.mark.parametrize("status", [None, 408, 425, 429, 502, 503, 504])
def test_everything_waits_while_the_receiver_is_down(status: int | None) -> None:
    answer = PostResult(status, error=None if status else "ConnectionRefusedError")
    for attempts in (0, 50):
        assert of(answer, attempts=attempts).action is RetryAction.RECEIVER_DOWN


@pytest.mark.parametrize("status", [301, 307, 400, 401, 404, 410, 422, 500, 501])
def test_a_refused_delivery_is_set_aside_after_some_attempts(status: int) -> None:
    found = [of(PostResult(status), attempts=n).action for n in range(BLOCKING_ATTEMPTS + 2)]
    again = BLOCKING_ATTEMPTS - 1
    assert found == [RetryAction.RETRY] * again + [RetryAction.ASIDE] * 3


def test_a_delivery_set_aside_never_blocks_others() -> None:
    assert of(PostResult(500), attempts=0, is_blocking=False).action is RetryAction.ASIDE


def test_the_delays_grow_to_an_hour_and_stay_there() -> None:
    waits = [(of(PostResult(503), failures=n).due_at - NOW).total_seconds() for n in range(14)]
    assert waits[:4] == [2, 4, 8, 16]
    assert waits[-2:] == [3600, 3600]
    assert waits == sorted(waits)


def test_a_receiver_may_ask_for_a_longer_delay_but_not_for_days() -> None:
    assert of(PostResult(429, after=30)).due_at == NOW + timedelta(seconds=30)
    assert of(PostResult(503, after=1e9)).due_at == NOW + timedelta(hours=1)


@given(st.floats(0, 1), st.integers(0, 1000))
def test_jitter_leaves_at_least_half_of_the_delay(jitter: float, failures: int) -> None:
    decision = decide_retry(PostResult(503), attempts=0, failures=failures, now=NOW, jitter=jitter)
    most = decide_retry(PostResult(503), attempts=0, failures=failures, now=NOW, jitter=1.0)
    assert (decision.due_at - NOW) * 2.0001 >= most.due_at - NOW > timedelta(0)
    assert decision.due_at <= most.due_at < NOW + DELIVERY_LIFETIME


def test_the_failure_has_a_reason() -> None:
    assert describe_failure(PostResult(418)) == "the receiver answered 418"
    assert describe_failure(PostResult(error="no answer")) == "no answer"


def test_signed_as_the_specification_shows() -> None:
    """Check the example of https://github.com/standard-webhooks/standard-webhooks."""
    headers = sign_headers(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        datetime.fromtimestamp(1614265330, UTC),
        b'{"test": 2432232314}',
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert headers["webhook-id"] == "msg_p5jXN8AQM9LWM0D4loKWxJek"
    assert headers["webhook-timestamp"] == "1614265330"


def test_secrets_differ() -> None:
    secrets = {generate_secret() for _ in range(100)}
    assert len(secrets) == 100
    assert {len(each) for each in secrets} == {len("whsec_") + 44}
