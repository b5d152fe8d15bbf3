"""Decide what follows from an attempt to deliver; pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from desk.backoff import retry_delay
from desk.webhooks.ports import PostResult

# A delivery is given up after this time, and waits for a person.
DELIVERY_LIFETIME = timedelta(days=1)
# Attempts before a failing delivery stops blocking its queue.
BLOCKING_ATTEMPTS = 4
_BASE, _MOST = 2.0, 3600.0
# The receiver is down: a proxy in front of it answers, or it asks to be called later.
_UNAVAILABLE_STATUSES = {408, 425, 429, 502, 503, 504}


class RetryAction(Enum):
    """What follows from an attempt."""

    DELIVERED = "delivered"
    # The receiver did not answer: all deliveries wait, in order.
    RECEIVER_DOWN = "receiver_down"
    # The receiver refused it: it is tried again, before the others.
    RETRY = "retry"
    # The receiver refused it several times: the others go on without it.
    ASIDE = "aside"


@dataclass(frozen=True, slots=True)
class RetryDecision:
    """What follows from one attempt, and when the next attempt is due."""

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
    """Decide what follows from an attempt.

    `attempts`: earlier attempts of this delivery; `failures`: attempts of the webhook in a row that
    did not reach the receiver; `jitter`: 0 to 1; `is_blocking`: others wait for this one.
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
    """Return why a delivery did not arrive."""
    return answer.error or f"the receiver answered {answer.status}"
