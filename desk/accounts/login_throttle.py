"""Throttle password guessing: after 5 failures each attempt waits twice as long as the last.

Failures are counted for each account name, existing or not, and for each client address. An attempt
at an account counts from its beginning, not from its failure, so trying many passwords at once
gains nothing. No account is locked for ever: the longest delay is 15 minutes.
"""

import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Network, ip_address
from typing import Protocol

from db.tables.base import now_utc

FREE_ATTEMPTS = 5
MAX_DELAY = timedelta(minutes=15)
# Earlier failures are forgotten after this long without another one.
FORGET_AFTER = timedelta(hours=1)
# One household or office has so many IPv6 addresses that a single one says nothing.
_IPV6_NETWORK = 64
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class TooManyAttemptsError(Exception):
    """Another attempt is allowed only after `after` seconds."""

    def __init__(self, after: float) -> None:
        super().__init__(f"too many failed attempts: try again in {after:.0f} seconds")
        self.after = after


class LoginThrottleUnavailableError(Exception):
    """The counter of failures does not answer; until it does, nobody can log in."""


class FailureCounter(Protocol):
    """Counts failures by key."""

    async def begin_attempt(self, account: str, address: str) -> float:
        """Count an attempt at an account; return the seconds to wait instead, or 0.

        Raises LoginThrottleUnavailableError, as the other methods do.
        """

    async def record_failure(self, address: str) -> None:
        """Count a failure for an address."""

    async def reset(self, account: str) -> None:
        """Forget an account's failures after a correct password."""

    async def undo_attempt(self, account: str) -> None:
        """Undo the count of an attempt that had no result."""


def delay_after(failures: int) -> timedelta:
    """Return how long to wait after this many failures."""
    if failures < FREE_ATTEMPTS:
        return timedelta(0)
    return min(MAX_DELAY, timedelta(seconds=2.0 ** min(failures - FREE_ATTEMPTS, 20)))


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
    async def attempt(self, account: str, address: str) -> AsyncIterator[LoginAttempt]:
        """Allow one attempt; raise TooManyAttemptsError or LoginThrottleUnavailableError.

        If an error leaves the block, the attempt had no result and is void.
        """
        account_key, address_key = (
            _hash_key("account", account),
            _hash_key("address", _network_of(address)),
        )
        if wait := await self._counter.begin_attempt(account_key, address_key):
            raise TooManyAttemptsError(wait)
        attempt = LoginAttempt()
        try:
            yield attempt
        except BaseException:
            await self._counter.undo_attempt(account_key)
            raise
        if attempt.is_right:
            await self._counter.reset(account_key)
        elif attempt.is_void:
            await self._counter.undo_attempt(account_key)
        else:
            await self._counter.record_failure(address_key)


class MemoryFailureCounter:
    """Counts failures in this process alone."""

    def __init__(self, clock: Callable[[], datetime] = now_utc) -> None:
        self._clock = clock
        self._failures: dict[str, _Failures] = {}
        self._cleaned_at = clock()

    async def begin_attempt(self, account: str, address: str) -> float:
        now = self._clock()
        self._remove_expired(now)
        wait = max(self._get_failures(key, now).open_at for key in (account, address)) - now
        if wait > timedelta(0):
            return wait.total_seconds()
        self._count_failure(account, now)
        return 0.0

    async def record_failure(self, address: str) -> None:
        self._count_failure(address, self._clock())

    async def reset(self, account: str) -> None:
        self._failures.pop(account, None)

    async def undo_attempt(self, account: str) -> None:
        failures = self._get_failures(account, self._clock())
        failures.count -= 1
        if failures.count < 1:
            self._failures.pop(account, None)
        elif failures.count < FREE_ATTEMPTS:
            failures.open_at = _LONG_AGO

    def _get_failures(self, key: str, now: datetime) -> "_Failures":
        found = self._failures.get(key)
        return found if found is not None and found.forgotten_at > now else _Failures()

    def _count_failure(self, key: str, now: datetime) -> None:
        failures = self._failures[key] = self._get_failures(key, now)
        failures.count += 1
        failures.forgotten_at = now + FORGET_AFTER
        if delay := delay_after(failures.count):
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


def _network_of(address: str) -> str:
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if found.version == 4:  # noqa: PLR2004 IPv4
        return address
    return str(IPv6Network((int(found), _IPV6_NETWORK), strict=False))


def _hash_key(kind: str, name: str) -> str:
    """Return a key of fixed length for any input."""
    return f"{kind}:{hashlib.sha256(name.encode(errors='replace')).hexdigest()}"
