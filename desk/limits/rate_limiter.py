"""The provider's limits, kept on our side: pure bookkeeping, every function takes `now`.

Times are seconds on any clock that never goes back.
"""

from bisect import insort
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import ceil, inf

OVERALL = "overall"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `calls` in any `seconds`."""

    calls: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Pace:
    """One call every `seconds`, of which `burst` may be made early: the time is made up for."""

    seconds: float
    burst: int


LimitRule = tuple[Limit, ...] | Pace


@dataclass(frozen=True, slots=True)
class Limits:
    """What a provider allows: to one person, to one group, and overall per bot or number."""

    person: LimitRule = ()
    group: LimitRule = ()
    overall: LimitRule = ()

    def divide(self, of: int) -> "Limits":
        """Give what each of `of` processes may use when they cannot ask each other."""
        return Limits(*(_divide(each, of) for each in (self.person, self.group, self.overall)))

    def for_kind(self, kind: str, owner: str) -> LimitRule:
        """Give what holds for a kind of gate, whoever it belongs to."""
        _ = owner
        allowed: LimitRule = getattr(self, kind)
        return allowed


@dataclass(frozen=True, slots=True)
class PerOwnerLimits:
    """Bots and numbers of several providers, each with its own provider's limits."""

    choose: Callable[[str], Limits]
    parts: int = 1

    def divide(self, of: int) -> "PerOwnerLimits":
        """Give what each of `of` processes may use when they cannot ask each other."""
        return replace(self, parts=self.parts * of)

    def for_kind(self, kind: str, owner: str) -> LimitRule:
        """Give what holds for a kind of gate of this bot's or number's."""
        return self.choose(owner).divide(self.parts).for_kind(kind, owner)


AnyLimits = Limits | PerOwnerLimits


def _divide(limits: LimitRule, of: int) -> LimitRule:
    if isinstance(limits, Pace):
        return Pace(limits.seconds * of, max(1, limits.burst // of))
    return tuple(Limit(max(1, limit.calls // of), limit.seconds) for limit in limits)


@dataclass(slots=True)
class SlidingWindow:
    """The calls of a gate that its limits still remember."""

    limits: tuple[Limit, ...]
    calls: deque[float] = field(default_factory=deque)

    def wait(self, now: float, calls: int) -> float:
        """Tell the seconds until `calls` more fit into every limit."""
        return max((self._wait(limit, now, calls) for limit in self.limits), default=0.0)

    def _wait(self, limit: Limit, now: float, calls: int) -> float:
        # A single request for more than the limit could ever hold goes when all is quiet.
        keep = max(limit.calls - calls, 0)
        if len(self.calls) <= keep:
            return 0.0
        # The youngest call that has to fall out of the window before there is room.
        leaving = self.calls[len(self.calls) - 1 - keep]
        return max(0.0, leaving + limit.seconds - now)

    def available(self, now: float) -> float:
        """Count the calls that fit into every limit now; inf: no limit."""
        return min((self._available(limit, now) for limit in self.limits), default=inf)

    def _available(self, limit: Limit, now: float) -> int:
        remembered = sum(1 for call in self.calls if call + limit.seconds > now)
        return max(0, limit.calls - remembered)

    def list_remembered(self, now: float) -> list[float]:
        """List the calls that a limit still remembers."""
        horizon = now - self.max_seconds
        return [call for call in self.calls if call > horizon]

    @property
    def unused_when_slowed(self) -> int:
        """How many calls a slowed gate leaves unused."""
        return min((limit.calls for limit in self.limits), default=0) // 2

    @property
    def max_seconds(self) -> float:
        """How many seconds a call is remembered."""
        return max((limit.seconds for limit in self.limits), default=0.0)

    def spend(self, now: float, calls: int) -> None:
        """Note calls made now, and forget those that no limit remembers."""
        horizon = now - self.max_seconds
        while self.calls and self.calls[0] <= horizon:
            self.calls.popleft()
        self.calls.extend([now] * calls)

    def move(self, spent_at: float, now: float, calls: int) -> None:
        """Note that calls of `spent_at` were really made by `now`."""
        moved = min(calls, self.calls.count(spent_at))
        for _ in range(moved):
            self.calls.remove(spent_at)
            insort(self.calls, now)


@dataclass(slots=True)
class PacedWindow:
    """What a gate has borrowed of the future: all its calls are one time, when it is even again."""

    pace: Pace
    calls: deque[float] = field(default_factory=deque)

    @property
    def _even_at(self) -> float:
        return max(self.calls, default=-inf)

    def wait(self, now: float, calls: int) -> float:
        """Tell the seconds until `calls` more may be made."""
        ahead = self.pace.seconds * (self.pace.burst - min(calls, self.pace.burst))
        return max(0.0, self._even_at - ahead - now)

    def available(self, now: float) -> float:
        """Count the calls that may be made now."""
        borrowed = max(0.0, self._even_at - now)
        return max(0, self.pace.burst - ceil(borrowed / self.pace.seconds))

    def list_remembered(self, now: float) -> list[float]:
        """List the one time that is left of all calls, while it is still ahead."""
        return [self._even_at] if self._even_at > now else []

    @property
    def max_seconds(self) -> float:
        """How many seconds what is remembered outlives its time: none, it is a time to come."""
        return 0.0

    @property
    def unused_when_slowed(self) -> int:
        """How many calls a slowed gate leaves unused."""
        return self.pace.burst // 2

    def spend(self, now: float, calls: int) -> None:
        """Borrow the time of calls made now."""
        even = max(now, self._even_at) + self.pace.seconds * calls
        self.calls.clear()
        self.calls.append(even)

    def move(self, spent_at: float, now: float, calls: int) -> None:
        """Count what calls of `spent_at` borrowed from when they were really made."""
        if calls and self._even_at < now + self.pace.seconds * calls:
            self.calls.clear()
            self.calls.append(now + self.pace.seconds * calls)
        _ = spent_at


AnyWindow = SlidingWindow | PacedWindow


class RateLimiter:
    """Says when a call may go through a gate, and which gates are closed."""

    def __init__(
        self, limits: AnyLimits, *, kind_of: Callable[[str], str], owner_of: Callable[[str], str]
    ) -> None:
        self._limits = limits
        self._kind_of = kind_of
        self._owner_of = owner_of
        self._windows: dict[str, AnyWindow] = {}
        self._closed: dict[str, float] = {}
        self._slowed: dict[str, float] = {}

    def wait(self, rate_limit_key: str, now: float, *, calls: int = 1, reserve: int = 0) -> float:
        """Tell how many seconds `calls` through `gate` have to wait; 0: go.

        `reserve` calls of the gate's own limit are left for what is more urgent.
        """
        if not rate_limit_key:
            return 0.0
        pause = (
            max(
                self._closed.get(rate_limit_key, -inf),
                self._closed.get(self._overall(rate_limit_key), -inf),
            )
            - now
        )
        own = self._window(rate_limit_key).wait(
            now, calls + reserve + self._slack(rate_limit_key, now)
        )
        return max(0.0, pause, own, self._window(self._overall(rate_limit_key)).wait(now, calls))

    def available(self, rate_limit_key: str, now: float, *, most: int) -> int:
        """Count the calls, `most` at the most, that may go through `gate` now."""
        if not rate_limit_key:
            return most
        if self.wait(rate_limit_key, now) > 0:
            return 0
        own, overall = self._window(rate_limit_key), self._window(self._overall(rate_limit_key))
        room = min(own.available(now) - self._slack(rate_limit_key, now), overall.available(now))
        return int(max(0, min(most, room)))

    def spend(self, rate_limit_key: str, now: float, *, calls: int = 1) -> None:
        """Note calls that go through `gate` now."""
        if rate_limit_key:
            self._window(rate_limit_key).spend(now, calls)
            self._window(self._overall(rate_limit_key)).spend(now, calls)

    def confirm(self, rate_limit_key: str, spent_at: float, now: float, *, calls: int) -> None:
        """Count calls from when their answer came, not from when they were let through.

        The provider counted them somewhere in between: counting the later time is the safe side.
        """
        for each in (rate_limit_key, self._overall(rate_limit_key)) if rate_limit_key else ():
            window = self._windows.get(each)
            if window is not None:
                window.move(spent_at, now, calls)

    def list_calls(self, now: float) -> dict[str, list[float]]:
        """List the calls that a limit still remembers, by gate."""
        self._discard_expired(now)
        remembered = (
            (rate_limit_key, window.list_remembered(now))
            for rate_limit_key, window in self._windows.items()
        )
        return {rate_limit_key: calls for rate_limit_key, calls in remembered if calls}

    def restore(self, calls: Mapping[str, Iterable[float]], limits: AnyLimits) -> None:
        """Take `calls` for all there were, whoever made them, and keep to `limits` from now on."""
        self._limits = limits
        self._windows.clear()
        for rate_limit_key, times in calls.items():
            self._window(rate_limit_key).calls.extend(sorted(times))

    def close(self, rate_limit_key: str, until: float) -> None:
        """Keep `gate` closed until then, or longer if it already is."""
        self._closed[rate_limit_key] = max(until, self._closed.get(rate_limit_key, -inf))

    def slow(self, rate_limit_key: str, until: float) -> None:
        """Use only half of what `gate` allows until then: it was closed, or is about to be."""
        self._slowed[rate_limit_key] = max(until, self._slowed.get(rate_limit_key, -inf))

    def close_owner(self, rate_limit_key: str, until: float) -> None:
        """Close every gate of the bot or number that `gate` belongs to."""
        self.close(self._overall(rate_limit_key), until)

    def list_closed(self, now: float) -> list[str]:
        """List the gates that are closed or used up, so that nobody asks for their lanes."""
        self._discard_expired(now)
        full = [
            rate_limit_key
            for rate_limit_key, window in self._windows.items()
            if window.wait(now, 1 + self._slack(rate_limit_key, now)) > 0
        ]
        return list({*self._closed, *full})

    def seconds_until_open(self, now: float) -> float | None:
        """Tell how many seconds until the first closed gate opens; None: none is closed."""
        waits = [until - now for until in self._closed.values()]
        waits += [
            wait
            for rate_limit_key, window in self._windows.items()
            if (wait := window.wait(now, 1 + self._slack(rate_limit_key, now))) > 0
        ]
        return min(waits, default=None)

    def _discard_expired(self, now: float) -> None:
        for rate_limit_key in [
            rate_limit_key for rate_limit_key, until in self._closed.items() if until <= now
        ]:
            del self._closed[rate_limit_key]
        for rate_limit_key in [
            rate_limit_key for rate_limit_key, until in self._slowed.items() if until <= now
        ]:
            del self._slowed[rate_limit_key]
        for rate_limit_key in [
            rate_limit_key
            for rate_limit_key, window in self._windows.items()
            if _is_quiet(window, now)
        ]:
            del self._windows[rate_limit_key]

    def _slack(self, rate_limit_key: str, now: float) -> int:
        """Count the calls of a slowed gate that stay unused."""
        if self._slowed.get(rate_limit_key, -inf) <= now:
            return 0
        return self._window(rate_limit_key).unused_when_slowed

    def _window(self, rate_limit_key: str) -> AnyWindow:
        window = self._windows.get(rate_limit_key)
        if window is None:
            allowed = self._limits_of(rate_limit_key)
            window = PacedWindow(allowed) if isinstance(allowed, Pace) else SlidingWindow(allowed)
            self._windows[rate_limit_key] = window
        return window

    def _limits_of(self, rate_limit_key: str) -> LimitRule:
        """Give what is allowed through a gate, as its bot's or number's provider sees it."""
        return self._limits.for_kind(self._kind_of(rate_limit_key), self._owner_of(rate_limit_key))

    def _overall(self, rate_limit_key: str) -> str:
        return f"{OVERALL}:{self._owner_of(rate_limit_key)}"


def _is_quiet(window: AnyWindow, now: float) -> bool:
    return not window.calls or window.calls[-1] + window.max_seconds <= now
