"""What follows from a try to deliver: pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from desk.backoff import retry_delay
from desk.webhooks.ports import PostResult

# A delivery is given up after this, and waits for a person.
DELIVERY_LIFETIME = timedelta(days=1)
# Tries of one that is refused while the others wait for it.
BLOCKING_ATTEMPTS = 4
_BASE, _MOST = 2.0, 3600.0
# Nobody is there to decide: what stands before the receiver answers, or asks for a pause.
_UNAVAILABLE_STATUSES = {408, 425, 429, 502, 503, 504}


class RetryAction(Enum):
    """What follows."""

    DELIVERED = "it arrived"
    RECEIVER_DOWN = "nobody is there: everything waits, in order"
    RETRY = "refused: it is tried again, before the others"
    ASIDE = "refused several times: the others go on without it"


@dataclass(frozen=True, slots=True)
class RetryDecision:
    """What follows from one try, and when something is tried again."""

    action: RetryAction
    due_at: datetime


def decide_retry(
    answer: PostResult,
    *,
    attempts: int,
    failures: int,
    now: datetime,
    jitter: float,
    is_blocking: bool = True,
) -> RetryDecision:
    """Tell what follows from an answer.

    `attempts`: earlier tries of this delivery; `failures`: tries of the webhook in a row that found
    nobody; `jitter`: 0 to 1; `in_line`: others wait for this one.
    """
    if answer.status is not None and 200 <= answer.status < 300:  # noqa: PLR2004 HTTP's success
        return RetryDecision(RetryAction.DELIVERED, now)
    if answer.status is None or answer.status in _UNAVAILABLE_STATUSES:
        return RetryDecision(
            RetryAction.RECEIVER_DOWN, _retry_at(now, failures, jitter, answer.after)
        )
    again = is_blocking and attempts + 1 < BLOCKING_ATTEMPTS
    refused = RetryAction.RETRY if again else RetryAction.ASIDE
    return RetryDecision(refused, _retry_at(now, attempts, jitter, answer.after))


def _retry_at(now: datetime, tries: int, jitter: float, at_least: float) -> datetime:
    seconds = retry_delay(tries, base=_BASE, most=_MOST, jitter=jitter)
    return now + timedelta(seconds=max(seconds, min(at_least, _MOST)))


def describe_failure(answer: PostResult) -> str:
    """Say why a delivery did not arrive."""
    return answer.error or f"the receiver answered {answer.status}"
