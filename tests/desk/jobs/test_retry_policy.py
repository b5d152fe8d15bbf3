"""What becomes of a job after an attempt that did not finish it."""

from sqlalchemy.exc import OperationalError

from desk.jobs.retry_policy import (
    GiveUp,
    JobPostponedError,
    JobRefusedError,
    RetryPolicy,
    TryAgain,
    decide_after_crash,
    decide_retry,
)

POLICY = RetryPolicy(max_attempts=4, first_delay=2.0, longest_delay=5.0)


def test_an_error_is_tried_again_later_each_time_and_then_given_up() -> None:
    error = OSError("no route")
    decided = [decide_retry(error, attempt, POLICY, jitter=1.0) for attempt in (1, 2, 3, 4)]
    assert decided == [
        TryAgain(2.0, "OSError: no route"),
        TryAgain(4.0, "OSError: no route"),
        TryAgain(5.0, "OSError: no route"),
        GiveUp("OSError: no route"),
    ]
    assert decide_retry(error, 1, POLICY, jitter=0.0) == TryAgain(1.0, "OSError: no route")


def test_a_refused_job_is_given_up_at_once() -> None:
    assert decide_retry(JobRefusedError("merged"), 1, POLICY, jitter=1.0) == GiveUp("merged")


def test_a_postponed_job_is_never_given_up() -> None:
    assert decide_retry(JobPostponedError(3.0), 99, POLICY, jitter=1.0) == TryAgain(3.0)


def test_an_error_of_the_database_is_told_without_its_values() -> None:
    error = OperationalError("INSERT …", {"text": "a secret"}, Exception("server has gone away"))
    decided = decide_retry(error, 1, POLICY, jitter=1.0)
    assert decided == TryAgain(2.0, "OperationalError: server has gone away")


def test_half_a_character_in_an_error_can_be_stored() -> None:
    decided = decide_retry(ValueError("\ud83d"), 4, POLICY, jitter=1.0)
    assert decided == GiveUp("ValueError: ?")


def test_a_job_that_kills_its_process_each_time_is_given_up() -> None:
    assert decide_after_crash(4, POLICY) is None
    decided = decide_after_crash(5, POLICY)
    assert decided is not None
    assert "in each of 4 attempts" in decided.error
