"""The limits of a rate-limit key, and the windows that count its calls; without I/O.

Times are in seconds, on any clock that never goes back.
"""

from bisect import insort
from collections import deque
from dataclasses import dataclass, field
from math import ceil, inf


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of `calls` in any period of `seconds`."""

    calls: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Pace:
    """A limit of one call every `seconds`; `burst` calls may be made early.

    The time of early calls is made up for by later ones.
    """

    seconds: float
    burst: int


LimitRule = tuple[Limit, ...] | Pace


@dataclass(slots=True)
class SlidingWindow:
    """The calls of a rate-limit key that its limits still count."""

    limits: tuple[Limit, ...]
    calls: deque[float] = field(default_factory=deque)

    def wait(self, now: float, calls: int) -> float:
        """Return the seconds until `calls` more fit into every limit."""
        return max((self._wait(limit, now, calls) for limit in self.limits), default=0.0)

    def _wait(self, limit: Limit, now: float, calls: int) -> float:
        # A request larger than the limit itself may go when no other call counts any more.
        keep = max(limit.calls - calls, 0)
        if len(self.calls) <= keep:
            return 0.0
        # The newest call that must leave the window to make room.
        leaving = self.calls[len(self.calls) - 1 - keep]
        return max(0.0, leaving + limit.seconds - now)

    def available(self, now: float) -> float:
        """Return how many calls fit into every limit now; inf: no limit."""
        return min((self._available(limit, now) for limit in self.limits), default=inf)

    def _available(self, limit: Limit, now: float) -> int:
        remembered = sum(1 for call in self.calls if call + limit.seconds > now)
        return max(0, limit.calls - remembered)

    def list_remembered(self, now: float) -> list[float]:
        """List the calls that a limit still counts."""
        horizon = now - self.max_seconds
        return [call for call in self.calls if call > horizon]

    @property
    def unused_when_slowed(self) -> int:
        """Return how many calls stay unused while the key is slowed."""
        return self.count_free(0.5)

    def count_free(self, share: float) -> int:
        """Return how many calls a share of the limit is."""
        return int(min((limit.calls for limit in self.limits), default=0) * share)

    @property
    def max_seconds(self) -> float:
        """Return how many seconds a call counts at most."""
        return max((limit.seconds for limit in self.limits), default=0.0)

    def spend(self, now: float, calls: int) -> None:
        """Count calls made now, and drop those that no limit counts any more."""
        horizon = now - self.max_seconds
        while self.calls and self.calls[0] <= horizon:
            self.calls.popleft()
        self.calls.extend([now] * calls)

    def move(self, spent_at: float, now: float, calls: int) -> None:
        """Move calls that were counted at `spent_at` to `now`, when they were really made."""
        moved = min(calls, self.calls.count(spent_at))
        for _ in range(moved):
            self.calls.remove(spent_at)
            insort(self.calls, now)


@dataclass(slots=True)
class PacedWindow:
    """A paced key: its calls are stored as one time, when everything borrowed is made up for."""

    pace: Pace
    calls: deque[float] = field(default_factory=deque)

    @property
    def _even_at(self) -> float:
        return max(self.calls, default=-inf)

    def wait(self, now: float, calls: int) -> float:
        """Return the seconds until `calls` more may be made."""
        ahead = self.pace.seconds * (self.pace.burst - min(calls, self.pace.burst))
        return max(0.0, self._even_at - ahead - now)

    def available(self, now: float) -> float:
        """Return how many calls may be made now."""
        borrowed = max(0.0, self._even_at - now)
        return max(0, self.pace.burst - ceil(borrowed / self.pace.seconds))

    def list_remembered(self, now: float) -> list[float]:
        """List the one stored time, while it is in the future."""
        return [self._even_at] if self._even_at > now else []

    @property
    def max_seconds(self) -> float:
        """Return how many seconds the stored time counts after it has passed: none."""
        return 0.0

    @property
    def unused_when_slowed(self) -> int:
        """Return how many calls stay unused while the key is slowed."""
        return self.count_free(0.5)

    def count_free(self, share: float) -> int:
        """Return how many calls a share of the burst is."""
        return int(self.pace.burst * share)

    def spend(self, now: float, calls: int) -> None:
        """Add the time of calls made now."""
        even = max(now, self._even_at) + self.pace.seconds * calls
        self.calls.clear()
        self.calls.append(even)

    def move(self, spent_at: float, now: float, calls: int) -> None:
        """Count the time of calls of `spent_at` from `now`, when they were really made."""
        if calls and self._even_at < now + self.pace.seconds * calls:
            self.calls.clear()
            self.calls.append(now + self.pace.seconds * calls)
        _ = spent_at


AnyWindow = SlidingWindow | PacedWindow
