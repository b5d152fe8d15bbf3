"""Throttle password guessing: after some failures each attempt waits twice as long as the last.

An attempt counts three times, from its beginning, so trying many passwords at once gains nothing:
for its account from its network, for its network, and for its account from anywhere. Only the first
count leads to long delays. So nobody can lock somebody else out: an account's delay for guesses
from anywhere is a few seconds, and does not apply to networks that it logged in from recently.
"""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from db.tables.base import now_utc
from desk.accounts.client_info import network_of

MAX_DELAY = timedelta(minutes=15)
# Earlier failures are forgotten after this long without another one.
FORGET_AFTER = timedelta(hours=1)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class AttemptLimit:
    """How many failures are free, and the longest delay after more of them."""

    free: int
    max_delay: timedelta


# An account from one network.
OF_PAIR = AttemptLimit(5, MAX_DELAY)
# A network may be a whole office or a provider's customers: they try many accounts, and some fail.
OF_NETWORK = AttemptLimit(50, timedelta(minutes=1))
# An account from anywhere: many networks together can guess once every few seconds.
OF_ACCOUNT = AttemptLimit(10, timedelta(seconds=5))


@dataclass(frozen=True, slots=True)
class AttemptKey:
    """What an attempt counts for."""

    name: str
    limit: AttemptLimit


class TooManyAttemptsError(Exception):
    """Another attempt is allowed only after `after` seconds."""

    def __init__(self, after: float) -> None:
        super().__init__(f"too many failed attempts: try again in {after:.0f} seconds")
        self.after = after


class LoginThrottleUnavailableError(Exception):
    """The counter of failures does not answer; until it does, nobody can log in."""


class FailureCounter(Protocol):
    """Counts failures by key."""

    async def begin_attempt(self, keys: Sequence[AttemptKey]) -> Sequence[float]:
        """Return how many seconds each key has to wait; if none has to, count an attempt for each.

        Raises LoginThrottleUnavailableError, as the other methods do.
        """

    async def reset(self, key: AttemptKey) -> None:
        """Forget a key's failures."""

    async def undo_attempt(self, keys: Sequence[AttemptKey]) -> None:
        """Undo the count of an attempt that was no failure."""


def delay_after(failures: int, limit: AttemptLimit = OF_PAIR) -> timedelta:
    """Return how long to wait after this many failures."""
    if failures < limit.free:
        return timedelta(0)
    return min(limit.max_delay, timedelta(seconds=2.0 ** min(failures - limit.free, 20)))


async def _never() -> bool:
    return False


@dataclass(slots=True)
class LoginAttempt:
    """One attempt in progress: it counts as a failure unless it is marked as right or void."""

    is_right: bool = False
    # The attempt gave no result, so it does not count.
    is_void: bool = False


class LoginThrottle:
    """Lets attempts through, or makes them wait."""

    def __init__(self, counter: FailureCounter) -> None:
        self._counter = counter

    @asynccontextmanager
    async def attempt(
        self, account: str, address: str, is_known: Callable[[], Awaitable[bool]] = _never
    ) -> AsyncIterator[LoginAttempt]:
        """Allow one attempt; raise TooManyAttemptsError or LoginThrottleUnavailableError.

        `is_known` says whether the account logged in from this network lately; it is asked only if
        that matters. If an error leaves the block, the attempt had no result and is void.
        """
        keys = await self._begin(account, network_of(address), is_known)
        attempt = LoginAttempt()
        try:
            yield attempt
        except BaseException:
            await self._counter.undo_attempt(keys)
            raise
        if attempt.is_right or attempt.is_void:
            await self._counter.undo_attempt(keys)
        if attempt.is_right:
            for key in keys:
                if key.limit is not OF_NETWORK:  # others there may guess all the same
                    await self._counter.reset(key)

    async def _begin(
        self, account: str, network: str, is_known: Callable[[], Awaitable[bool]]
    ) -> Sequence[AttemptKey]:
        pair = AttemptKey(_hash_key("pair", f"{account}\n{network}"), OF_PAIR)
        of_network = AttemptKey(_hash_key("network", network), OF_NETWORK)
        keys = [pair, of_network, AttemptKey(_hash_key("account", account), OF_ACCOUNT)]
        *own, of_account = await self._counter.begin_attempt(keys)
        if of_account and not any(own) and await is_known():
            keys = keys[:-1]
            own, of_account = list(await self._counter.begin_attempt(keys)), 0.0
        if wait := max(*own, of_account):
            raise TooManyAttemptsError(wait)
        return keys


class MemoryFailureCounter:
    """Counts failures in this process alone."""

    def __init__(self, clock: Callable[[], datetime] = now_utc) -> None:
        self._clock = clock
        self._failures: dict[str, _Failures] = {}
        self._cleaned_at = clock()

    async def begin_attempt(self, keys: Sequence[AttemptKey]) -> Sequence[float]:
        now = self._clock()
        self._remove_expired(now)
        zero = timedelta(0)
        waits = [max(self._get_failures(each, now).open_at - now, zero) for each in keys]
        if not any(waits):
            for each in keys:
                self._count_failure(each, now)
        return [each.total_seconds() for each in waits]

    async def reset(self, key: AttemptKey) -> None:
        self._failures.pop(key.name, None)

    async def undo_attempt(self, keys: Sequence[AttemptKey]) -> None:
        for key in keys:
            failures = self._get_failures(key, self._clock())
            # The attempt was let through, so there was no delay before it.
            failures.count, failures.open_at = failures.count - 1, _LONG_AGO
            if failures.count < 1:
                self._failures.pop(key.name, None)

    def _get_failures(self, key: AttemptKey, now: datetime) -> "_Failures":
        found = self._failures.get(key.name)
        return found if found is not None and found.forgotten_at > now else _Failures()

    def _count_failure(self, key: AttemptKey, now: datetime) -> None:
        failures = self._failures[key.name] = self._get_failures(key, now)
        failures.count += 1
        failures.forgotten_at = now + FORGET_AFTER
        if delay := delay_after(failures.count, key.limit):
            failures.open_at = now + delay

    def _remove_expired(self, now: datetime) -> None:
        """Remove expired entries; each entry that is kept has cost its guesser a hash."""
        if now - self._cleaned_at < FORGET_AFTER:
            return
        self._cleaned_at = now
        expired = [key for key, each in self._failures.items() if each.forgotten_at <= now]
        for key in expired:
            del self._failures[key]


@dataclass(slots=True)
class _Failures:
    count: int = 0
    open_at: datetime = _LONG_AGO
    forgotten_at: datetime = _LONG_AGO


def _hash_key(kind: str, name: str) -> str:
    """Return a key of fixed length for any input."""
    return f"{kind}:{hashlib.sha256(name.encode(errors='replace')).hexdigest()}"
