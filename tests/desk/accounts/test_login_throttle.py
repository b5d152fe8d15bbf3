"""Password guessing gets slower and slower, but never locks an account: in memory and in Redis."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from desk.accounts.login_throttle import (
    FORGET_AFTER,
    MAX_DELAY,
    OF_ACCOUNT,
    OF_NETWORK,
    AttemptKey,
    FailureCounter,
    LoginThrottle,
    LoginThrottleUnavailableError,
    MemoryFailureCounter,
    TooManyAttemptsError,
    delay_after,
)
from desk.accounts.redis_login_throttle import RedisFailureCounter
from tests.services.redis import Redis

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(params=["memory", "redis"])
async def throttle(request: pytest.FixtureRequest) -> AsyncIterator[LoginThrottle]:
    if request.param == "memory":
        yield LoginThrottle(MemoryFailureCounter())
        return
    counter = RedisFailureCounter(request.getfixturevalue("redis_url"), "test")
    yield LoginThrottle(counter)
    await counter.close()


async def fail_attempt(
    throttle: LoginThrottle, account: str = "mia", address: str = "192.0.2.1"
) -> None:
    async with throttle.attempt(account, address):
        pass


async def tries_until_refused(throttle: LoginThrottle, account: str, address: str) -> int:
    """Guess until refused; if the machine stalls for a second, a few more attempts get through.

    `{}` in the account or address becomes the number of the attempt.
    """
    for tries in range(80):
        try:
            await fail_attempt(throttle, account.format(tries), address.format(tries))
        except TooManyAttemptsError:
            return tries
    return 80


async def wait_when_refused(
    throttle: LoginThrottle, account: str = "mia", address: str = "192.0.2.1"
) -> float:
    with pytest.raises(TooManyAttemptsError) as told:
        await fail_attempt(throttle, account, address)
    return told.value.after


def test_the_delay_doubles_from_the_fifth_failure_up_to_15_minutes() -> None:
    pauses = [delay_after(count).total_seconds() for count in range(20)]
    assert pauses[:9] == [0, 0, 0, 0, 0, 1, 2, 4, 8]
    assert pauses[14:] == [512, 900, 900, 900, 900, 900]
    assert delay_after(10**9) == MAX_DELAY


async def test_after_five_failures_an_account_must_wait_in_that_network(
    throttle: LoginThrottle,
) -> None:
    assert 5 <= await tries_until_refused(throttle, "mia", "192.0.2.{}") < 10
    await fail_attempt(throttle, "max", "192.0.2.99")
    await fail_attempt(throttle, "mia", "198.51.100.1")


async def test_a_network_that_tries_many_accounts_must_wait(throttle: LoginThrottle) -> None:
    assert 50 <= await tries_until_refused(throttle, "account {}", "192.0.2.1") < 60
    assert await wait_when_refused(throttle, "max", "192.0.2.2") <= 60
    await fail_attempt(throttle, "max", "198.51.100.1")


async def test_guesses_from_everywhere_wait_for_seconds_at_most() -> None:
    clock = Clock()
    throttle = LoginThrottle(MemoryFailureCounter(clock))
    for number in range(100):
        with contextlib.suppress(TooManyAttemptsError):
            await fail_attempt(throttle, "mia", f"203.0.{number}.1")
            clock.now += timedelta(seconds=6)
    await fail_attempt(throttle, "mia", "198.51.100.1")
    assert await wait_when_refused(throttle, "mia", "198.51.101.1") <= 5
    clock.now += OF_ACCOUNT.max_delay
    await fail_attempt(throttle, "mia", "198.51.101.1")


async def test_where_an_account_logged_in_lately_it_does_not_wait(throttle: LoginThrottle) -> None:
    async def is_known() -> bool:
        return True

    assert 10 <= await tries_until_refused(throttle, "mia", "203.0.{}.1") < 20
    async with throttle.attempt("mia", "198.51.100.1", is_known) as attempt:
        attempt.is_right = True
    # It is slowed down for its own failures all the same.
    for _ in range(9):
        with contextlib.suppress(TooManyAttemptsError):
            async with throttle.attempt("mia", "198.51.100.1", is_known):
                pass
    with pytest.raises(TooManyAttemptsError):
        async with throttle.attempt("mia", "198.51.100.1", is_known):
            pass


async def test_74_requests_do_not_lock_the_owner_out(throttle: LoginThrottle) -> None:
    for _ in range(74):
        with contextlib.suppress(TooManyAttemptsError):
            await fail_attempt(throttle, "mia", "203.0.113.1")
    async with throttle.attempt("mia", "198.51.100.1") as attempt:
        attempt.is_right = True


async def test_a_network_counts_from_the_beginning_of_an_attempt() -> None:
    throttle = LoginThrottle(MemoryFailureCounter(Clock()))
    async with contextlib.AsyncExitStack() as stack:
        for number in range(OF_NETWORK.free):
            await stack.enter_async_context(throttle.attempt(f"account {number}", "192.0.2.1"))
        await wait_when_refused(throttle, "one more", "192.0.2.2")


async def test_addresses_of_one_network_count_together() -> None:
    throttle = LoginThrottle(MemoryFailureCounter(Clock()))
    for each in range(5):
        await fail_attempt(throttle, "mia", f"2001:db8:1:{each}::1")
    await wait_when_refused(throttle, "mia", "2001:db8:1:ff::1")
    await fail_attempt(throttle, "mia", "2001:db8:2:1::1")


async def test_a_correct_password_resets_the_count(throttle: LoginThrottle) -> None:
    for turn in range(3):
        for each in range(4):
            await fail_attempt(throttle, address=f"192.0.2.{10 * turn + each}")
        async with throttle.attempt("mia", "192.0.2.99") as attempt:
            attempt.is_right = True


async def test_a_void_attempt_does_not_count(throttle: LoginThrottle) -> None:
    for _ in range(10):
        async with throttle.attempt("mia", "192.0.2.1") as attempt:
            attempt.is_void = True
        with pytest.raises(ValueError, match="no answer"):
            async with throttle.attempt("mia", "192.0.2.1"):
                raise ValueError("no answer")
    await fail_attempt(throttle)


async def test_many_guesses_at_once_gain_nothing(throttle: LoginThrottle) -> None:
    inside, go = [], asyncio.Event()

    async def attempt(number: int) -> None:
        async with throttle.attempt("mia", f"192.0.2.{number}"):
            inside.append(number)
            await go.wait()

    tries = [asyncio.ensure_future(attempt(number)) for number in range(30)]
    while len(inside) + sum(each.done() for each in tries) < len(tries):  # noqa: ASYNC110 two kinds
        await asyncio.sleep(0.01)
    go.set()
    found = await asyncio.gather(*tries, return_exceptions=True)
    assert 5 <= len(inside) <= 7  # one or two more if the machine stalled for a second
    refusals = [each for each in found if isinstance(each, TooManyAttemptsError)]
    assert len(refusals) + len(inside) == len(tries)


async def test_failures_are_forgotten_after_an_hour_and_delays_end() -> None:
    clock = Clock()
    throttle = LoginThrottle(MemoryFailureCounter(clock))
    for _ in range(5):
        await fail_attempt(throttle)
    clock.now += timedelta(seconds=1)
    await fail_attempt(throttle)
    assert await wait_when_refused(throttle) == 2
    clock.now += timedelta(seconds=2)
    await fail_attempt(throttle)
    assert await wait_when_refused(throttle) == 4
    clock.now += FORGET_AFTER
    for _ in range(5):
        await fail_attempt(throttle)


async def test_no_account_is_locked_for_ever() -> None:
    clock = Clock()
    throttle = LoginThrottle(MemoryFailureCounter(clock))
    for _ in range(50):
        await fail_attempt(throttle)
        clock.now += MAX_DELAY
    async with throttle.attempt("mia", "192.0.2.1") as attempt:
        attempt.is_right = True


async def test_expired_entries_leave_the_memory() -> None:
    clock = Clock()
    counter = MemoryFailureCounter(clock)
    for each in range(100):
        await counter.begin_attempt([AttemptKey(f"account {each}", OF_ACCOUNT)])
    clock.now += FORGET_AFTER + FORGET_AFTER
    await counter.begin_attempt([AttemptKey("one", OF_ACCOUNT)])
    assert len(counter._failures) == 1


async def test_nobody_logs_in_while_redis_is_away(redis_server: Redis, redis_url: str) -> None:
    counter: FailureCounter = RedisFailureCounter(redis_url, "test")
    throttle = LoginThrottle(counter)
    await fail_attempt(throttle)
    await asyncio.to_thread(redis_server.stop)
    try:
        with pytest.raises(LoginThrottleUnavailableError):
            await fail_attempt(throttle)
    finally:
        await asyncio.to_thread(redis_server.start)
    await fail_attempt(throttle)
    await counter.close()  # type: ignore[attr-defined]


async def test_two_processes_count_together_and_two_installations_do_not(redis_url: str) -> None:
    one, two, other = (RedisFailureCounter(redis_url, name) for name in ("a", "a", "b"))
    # the delay after the sixth failure is 2 seconds, and the next one 4
    for counter in (one, two) * 3:
        with contextlib.suppress(TooManyAttemptsError):
            await fail_attempt(LoginThrottle(counter))
    assert await tries_until_refused(LoginThrottle(two), "mia", "192.0.2.1") < 5
    await fail_attempt(LoginThrottle(other))
    for counter in (one, two, other):
        await counter.close()
