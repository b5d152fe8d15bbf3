"""Slows down whoever guesses: after 5 failures each next try must wait twice as long as the last.

Counted for each account, whether or not there is such an account, and for each client's address.
An account's try counts from its beginning, not from its failure: trying many passwords at once
gains nothing. Nothing is locked for ever: the wait is 15 minutes at most.
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
# After so long without another failure those before are forgotten.
FORGET_AFTER = timedelta(hours=1)
# One household or one office has so many IPv6 addresses that each of them means nothing.
_IPV6_NETWORK = 64
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class TooManyAttemptsError(Exception):
    """Another try is not allowed yet, but `after` so many seconds."""

    def __init__(self, after: float) -> None:
        super().__init__(f"too many failed attempts: try again in {after:.0f} seconds")
        self.after = after


class LoginThrottleUnavailableError(Exception):
    """The place where failures are counted does not answer: nobody is let in meanwhile."""


class FailureCounter(Protocol):
    """Counts failures by key."""

    async def begin_attempt(self, account: str, address: str) -> float:
        """Count a try at an account; seconds that one must wait instead, or 0.

        Raises LoginThrottleUnavailableError, as the others do.
        """

    async def record_failure(self, address: str) -> None:
        """Count a failure for an address."""

    async def reset(self, account: str) -> None:
        """Forget an account's failures: somebody knew the password."""

    async def undo_attempt(self, account: str) -> None:
        """Uncount a try of which nothing came."""


def delay_after(failures: int) -> timedelta:
    """Tell how long to wait after so many failures."""
    if failures < FREE_ATTEMPTS:
        return timedelta(0)
    return min(MAX_DELAY, timedelta(seconds=2.0 ** min(failures - FREE_ATTEMPTS, 20)))


@dataclass(slots=True)
class LoginAttempt:
    """One try under way: it is a failure, unless somebody says that it was right, or void."""

    is_right: bool = False
    # Nothing was learnt from it.
    is_void: bool = False


class LoginThrottle:
    """Lets tries through, or not."""

    def __init__(self, counter: FailureCounter) -> None:
        self._counter = counter

    @asynccontextmanager
    async def attempt(self, account: str, address: str) -> AsyncIterator[LoginAttempt]:
        """Let one try through; raises TooManyAttemptsError, or LoginThrottleUnavailableError.

        An error that leaves the block was no answer to the try: it is void.
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
    """Counts in this process alone."""

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
        """Let go of what expired; each key that is kept has cost its guesser a hash."""
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
    """Give a key of one length, whatever somebody typed."""
    return f"{kind}:{hashlib.sha256(name.encode(errors='replace')).hexdigest()}"
