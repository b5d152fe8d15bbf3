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

FREE = 5
LONGEST = timedelta(minutes=15)
# After so long without another failure those before are forgotten.
FORGOTTEN = timedelta(hours=1)
# One household or one office has so many IPv6 addresses that each of them means nothing.
_IPV6_NETWORK = 64
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class TooManyGuessesError(Exception):
    """Another try is not allowed yet, but `after` so many seconds."""

    def __init__(self, after: float) -> None:
        super().__init__(f"too many failures: again in {after:.0f} seconds")
        self.after = after


class GuessesAwayError(Exception):
    """The place where failures are counted does not answer: nobody is let in meanwhile."""


class Counter(Protocol):
    """Counts failures by key."""

    async def begin(self, account: str, address: str) -> float:
        """Count a try at an account; seconds that one must wait instead, or 0.

        Raises GuessesAwayError, as the others do.
        """

    async def fail(self, address: str) -> None:
        """Count a failure for an address."""

    async def forget(self, account: str) -> None:
        """Forget an account's failures: somebody knew the password."""

    async def take_back(self, account: str) -> None:
        """Uncount a try of which nothing came."""


def pause_after(failures: int) -> timedelta:
    """Tell how long to wait after so many failures."""
    if failures < FREE:
        return timedelta(0)
    return min(LONGEST, timedelta(seconds=2.0 ** min(failures - FREE, 20)))


@dataclass(slots=True)
class Guess:
    """One try under way: it is a failure, unless somebody says that it was right, or void."""

    right: bool = False
    # Nothing was learnt from it.
    void: bool = False


class Guesses:
    """Lets tries through, or not."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    @asynccontextmanager
    async def one(self, account: str, address: str) -> AsyncIterator[Guess]:
        """Let one try through; raises TooManyGuessesError, or GuessesAwayError.

        An error that leaves the block was no answer to the try: it is void.
        """
        account_key, address_key = _hashed("account", account), _hashed("address", _place(address))
        if wait := await self._counter.begin(account_key, address_key):
            raise TooManyGuessesError(wait)
        guess = Guess()
        try:
            yield guess
        except BaseException:
            await self._counter.take_back(account_key)
            raise
        if guess.right:
            await self._counter.forget(account_key)
        elif guess.void:
            await self._counter.take_back(account_key)
        else:
            await self._counter.fail(address_key)


class MemoryCounter:
    """Counts in this process alone."""

    def __init__(self, clock: Callable[[], datetime] = now_utc) -> None:
        self._clock = clock
        self._kept: dict[str, _Failures] = {}
        self._swept_at = clock()

    async def begin(self, account: str, address: str) -> float:
        now = self._clock()
        self._sweep(now)
        wait = max(self._of(key, now).open_at for key in (account, address)) - now
        if wait > timedelta(0):
            return wait.total_seconds()
        self._add(account, now)
        return 0.0

    async def fail(self, address: str) -> None:
        self._add(address, self._clock())

    async def forget(self, account: str) -> None:
        self._kept.pop(account, None)

    async def take_back(self, account: str) -> None:
        failures = self._of(account, self._clock())
        failures.count -= 1
        if failures.count < 1:
            self._kept.pop(account, None)
        elif failures.count < FREE:
            failures.open_at = _LONG_AGO

    def _of(self, key: str, now: datetime) -> "_Failures":
        found = self._kept.get(key)
        return found if found is not None and found.forgotten_at > now else _Failures()

    def _add(self, key: str, now: datetime) -> None:
        failures = self._kept[key] = self._of(key, now)
        failures.count += 1
        failures.forgotten_at = now + FORGOTTEN
        if pause := pause_after(failures.count):
            failures.open_at = now + pause

    def _sweep(self, now: datetime) -> None:
        """Let go of what lapsed; each key that is kept has cost its guesser a hash."""
        if now - self._swept_at < FORGOTTEN:
            return
        self._swept_at = now
        lapsed = [key for key, each in self._kept.items() if each.forgotten_at <= now]
        for key in lapsed:
            del self._kept[key]


@dataclass(slots=True)
class _Failures:
    count: int = 0
    open_at: datetime = _LONG_AGO
    forgotten_at: datetime = _LONG_AGO


def _place(address: str) -> str:
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if found.version == 4:  # noqa: PLR2004 IPv4
        return address
    return str(IPv6Network((int(found), _IPV6_NETWORK), strict=False))


def _hashed(kind: str, name: str) -> str:
    """Give a key of one length, whatever somebody typed."""
    return f"{kind}:{hashlib.sha256(name.encode(errors='replace')).hexdigest()}"
