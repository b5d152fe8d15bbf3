"""Rate-limit usage that all processes share, and that survives a restart.

The usage of a bot's or number's limits is a row. A courier holds the row for the short time from
its claim to its commit: it reads what others used, writes back what it used itself, and a
transaction that is rolled back uses nothing.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Protocol

import structlog

from db.database import Transaction
from db.queries.limits.backoffs import list_backoffs
from db.queries.limits.usage import ensure_usage, lock_usage, read_usage, save_usage
from desk.lanes import limit_channel
from desk.limits.rate_limiter import AnyLimits, RateLimiter

log = structlog.get_logger(__name__)

Calls = dict[str, list[float]]

# Seconds that a courier waits for the usage rows; then their holder hangs, and the courier goes on.
_MAX_WAIT = 2.0
# It then uses this fraction of the limits, so that several couriers that do so stay below them.
_FALLBACK_SHARE = 3
# No limit of a provider covers a longer period.
_MAX_LIMIT_SECONDS = 120.0
# How long a key is slowed after it was closed (the same as in desk/delivery/courier.py).
_SLOW_AFTER_FLOOD = 300.0


class SharedUsage(Protocol):
    """The rate limiter's memory, shared with processes that send for the same bots and numbers."""

    async def load_usage(self, tx: Transaction, now: datetime, at: float) -> bool:
        """Load what all processes used; return False if another process holds the usage now.

        `now` is wall time, `at` the same moment on the rate limiter's clock.
        """

    async def save_usage(self, tx: Transaction, at: float) -> None:
        """Save what the rate limiter used since `load_usage`."""

    @property
    def has_unsaved(self) -> bool:
        """Check whether there is something to save although nothing is to be sent."""


class NoSharedUsage:
    """No shared usage, for limits that are not counted."""

    has_unsaved = False

    async def load_usage(self, tx: Transaction, now: datetime, at: float) -> bool:
        """Let the courier go on."""
        _ = tx, now, at
        return True

    async def save_usage(self, tx: Transaction, at: float) -> None:
        """Do nothing."""


class SharedRateLimiter(RateLimiter):
    """A rate limiter whose calls are stored elsewhere; its clock is `steady_now`."""

    def __init__(
        self, limits: AnyLimits, *, kind_of: Callable[[str], str], owner_of: Callable[[str], str]
    ) -> None:
        super().__init__(limits, kind_of=kind_of, owner_of=owner_of)
        self.limits = limits
        # What was confirmed after it was saved: key, counted at, really made at, how many.
        self._confirmed: deque[tuple[str, float, float, int]] = deque()
        self.has_unsaved = False

    def confirm(self, rate_limit_key: str, spent_at: float, now: float, *, calls: int) -> None:
        """Count calls from when their answer came, and remember to save that."""
        super().confirm(rate_limit_key, spent_at, now, calls=calls)
        if rate_limit_key and calls:
            self._confirmed.append((rate_limit_key, spent_at, now, calls))
            self.has_unsaved = True

    def restore_with_confirmed(
        self, calls: Mapping[str, Iterable[float]], limits: AnyLimits
    ) -> None:
        """Replace all counted calls by `calls`, with confirmed ones at their later times."""
        self.restore(calls, limits)
        for rate_limit_key, spent_at, now, many in self._confirmed:
            super().confirm(
                rate_limit_key, spent_at, now, calls=many
            )  # applying it twice changes nothing

    def forget_confirmed(self, before: float) -> None:
        """Drop confirmations that no limit counts any more."""
        while self._confirmed and self._confirmed[0][2] < before:
            self._confirmed.popleft()


class StoredUsage:
    """Usage in the database."""

    def __init__(self, rate_limiter: SharedRateLimiter, owners: Iterable[str]) -> None:
        """Share the usage of `owners`: the channels whose limits `rate_limiter` knows.

        They are iterated again on each load, because channels come and go.
        """
        self._rate_limiter = rate_limiter
        self._all_owners = owners
        self._owners: list[str] = []
        self._loaded: Calls = {}
        self._is_holder = False
        self._refused_since: float | None = None
        # Used while another process held the rows.
        self._unsaved: Calls = {}

    @property
    def has_unsaved(self) -> bool:
        """Check whether other processes do not know yet when calls were really made."""
        return self._rate_limiter.has_unsaved

    async def load_usage(self, tx: Transaction, now: datetime, at: float) -> bool:
        """Load what all processes used; return False if another process holds the usage now."""
        self._owners = sorted(self._all_owners)
        if not self._owners:
            return True  # no channel here has limits that are counted
        kept = await lock_usage(tx, self._owners)
        if kept is None and await ensure_usage(tx, self._owners):
            kept = await lock_usage(tx, self._owners)
        self._is_holder = kept is not None
        if kept is None:
            if not self._has_waited_enough(at):
                return False
            kept = await read_usage(tx, self._owners)
        else:
            self._refused_since = None
        limits = self._rate_limiter.limits
        self._rate_limiter.forget_confirmed(at - _MAX_LIMIT_SECONDS)
        self._loaded = _merge_calls([*kept.values(), self._unsaved])
        self._rate_limiter.restore_with_confirmed(
            self._loaded, limits if self._is_holder else limits.divide(_FALLBACK_SHARE)
        )
        await self._close_keys(tx, now, at)
        return True

    async def save_usage(self, tx: Transaction, at: float) -> None:
        """Save what the rate limiter used since `load_usage`."""
        if not self._owners:
            return
        spent = self._rate_limiter.list_calls(at)
        if not self._is_holder:
            self._unsaved = spent
            return
        self._rate_limiter.has_unsaved = False
        by_owner: dict[str, Calls] = {}
        changed = set()
        for rate_limit_key, calls in spent.items():
            owner = limit_channel(rate_limit_key)
            by_owner.setdefault(owner, {})[rate_limit_key] = calls
            if calls != self._loaded.get(rate_limit_key):
                changed.add(owner)
        await save_usage(tx, {owner: by_owner[owner] for owner in changed})

    def _has_waited_enough(self, at: float) -> bool:
        if self._refused_since is None:
            self._refused_since = at
        waited = at - self._refused_since
        if waited > _MAX_WAIT:
            log.warning(
                "limits.usage_locked", seconds=round(waited, 1), share=f"1/{_FALLBACK_SHARE}"
            )
        return waited > _MAX_WAIT

    async def _close_keys(self, tx: Transaction, now: datetime, at: float) -> None:
        for rate_limit_key, until in await list_backoffs(tx, now):
            ends = at + (until - now).total_seconds()
            self._rate_limiter.close(rate_limit_key, ends)
            self._rate_limiter.slow(rate_limit_key, ends + _SLOW_AFTER_FLOOD)


def _merge_calls(all_calls: Iterable[Calls]) -> Calls:
    """Merge what several sources know of the same calls; each call is counted once."""
    united: dict[str, Counter[float]] = {}
    for calls in all_calls:
        for rate_limit_key, times in calls.items():
            united[rate_limit_key] = united.get(rate_limit_key, Counter()) | Counter(times)
    return {
        rate_limit_key: sorted(counted.elements()) for rate_limit_key, counted in united.items()
    }
