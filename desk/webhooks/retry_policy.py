"""What follows from a try to deliver: pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from desk.conversations.policy import retry_delay
from desk.webhooks.ports import Answer

# A delivery is given up after this, and waits for a person.
LIFETIME = timedelta(days=1)
# Tries of one that is refused while the others wait for it.
TRIES_IN_LINE = 4
_BASE, _MOST = 2.0, 3600.0
# Nobody is there to decide: what stands before the receiver answers, or asks for a pause.
_NOBODY_THERE = {408, 425, 429, 502, 503, 504}


class Consequence(Enum):
    """What follows."""

    DELIVERED = "it arrived"
    DOWN = "nobody is there: everything waits, in order"
    AGAIN = "refused: it is tried again, before the others"
    ASIDE = "refused several times: the others go on without it"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows from one try, and when something is tried again."""

    consequence: Consequence
    due_at: datetime


def judge(
    answer: Answer,
    *,
    attempts: int,
    failures: int,
    now: datetime,
    jitter: float,
    in_line: bool = True,
) -> Verdict:
    """Tell what follows from an answer.

    `attempts`: earlier tries of this delivery; `failures`: tries of the webhook in a row that found
    nobody; `jitter`: 0 to 1; `in_line`: others wait for this one.
    """
    if answer.status is not None and 200 <= answer.status < 300:  # noqa: PLR2004 HTTP's success
        return Verdict(Consequence.DELIVERED, now)
    if answer.status is None or answer.status in _NOBODY_THERE:
        return Verdict(Consequence.DOWN, _later(now, failures, jitter, answer.after))
    again = in_line and attempts + 1 < TRIES_IN_LINE
    refused = Consequence.AGAIN if again else Consequence.ASIDE
    return Verdict(refused, _later(now, attempts, jitter, answer.after))


def _later(now: datetime, tries: int, jitter: float, at_least: float) -> datetime:
    seconds = retry_delay(tries, base=_BASE, most=_MOST, jitter=jitter)
    return now + timedelta(seconds=max(seconds, min(at_least, _MOST)))


def reason(answer: Answer) -> str:
    """Say why a delivery did not arrive."""
    return answer.error or f"the receiver answered {answer.status}"
