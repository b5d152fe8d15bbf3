"""Decide what becomes of a job after an attempt that did not finish it."""

from dataclasses import dataclass

from db.errors import describe_error
from desk.backoff import retry_delay


class JobRefusedError(Exception):
    """The job cannot be done; the text says why. It is not tried again."""


class JobPostponedError(Exception):
    """The job has to wait, through no fault of its own: this attempt does not count."""

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often to try a kind of job, and how many seconds to wait in between."""

    max_attempts: int = 8
    first_delay: float = 1.0
    longest_delay: float = 300.0


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Keep the job as failed, with the error."""

    error: str


@dataclass(frozen=True, slots=True)
class TryAgain:
    """Try the job again after so many seconds; error None: the attempt does not count."""

    seconds: float
    error: str | None = None


def decide_retry(
    error: Exception, attempts: int, policy: RetryPolicy, *, jitter: float
) -> TryAgain | GiveUp:
    """Decide after an attempt that ended with this error; `attempts` counts it."""
    if isinstance(error, JobPostponedError):
        return TryAgain(error.seconds)
    if isinstance(error, JobRefusedError):
        return GiveUp(str(error))
    # An error may quote half a character, which cannot be stored.
    text = f"{type(error).__name__}: {describe_error(error)}".encode(errors="replace").decode()
    if attempts >= policy.max_attempts:
        return GiveUp(text)
    base, most = policy.first_delay, policy.longest_delay
    return TryAgain(retry_delay(attempts - 1, base=base, most=most, jitter=jitter), text)


def decide_after_crash(attempts: int, policy: RetryPolicy) -> GiveUp | None:
    """Decide whether a job may run again whose process ended; `attempts` counts the next one."""
    if attempts <= policy.max_attempts:
        return None
    return GiveUp(f"its process ended, or hung, in each of {attempts - 1} attempts")
