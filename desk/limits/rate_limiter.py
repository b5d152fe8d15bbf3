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


Allowed = tuple[Limit, ...] | Pace


@dataclass(frozen=True, slots=True)
class Limits:
    """What a provider allows: to one person, to one group, and overall per bot or number."""

    person: Allowed = ()
    group: Allowed = ()
    overall: Allowed = ()

    def part(self, of: int) -> "Limits":
        """Give what each of `of` processes may use when they cannot ask each other."""
        return Limits(*(_part(each, of) for each in (self.person, self.group, self.overall)))

    def of(self, kind: str, owner: str) -> Allowed:
        """Give what holds for a kind of gate, whoever it belongs to."""
        _ = owner
        allowed: Allowed = getattr(self, kind)
        return allowed


@dataclass(frozen=True, slots=True)
class EachItsOwn:
    """Bots and numbers of several providers, each with its own provider's limits."""

    choose: Callable[[str], Limits]
    parts: int = 1

    def part(self, of: int) -> "EachItsOwn":
        """Give what each of `of` processes may use when they cannot ask each other."""
        return replace(self, parts=self.parts * of)

    def of(self, kind: str, owner: str) -> Allowed:
        """Give what holds for a kind of gate of this bot's or number's."""
        return self.choose(owner).part(self.parts).of(kind, owner)


AnyLimits = Limits | EachItsOwn


def _part(limits: Allowed, of: int) -> Allowed:
    if isinstance(limits, Pace):
        return Pace(limits.seconds * of, max(1, limits.burst // of))
    return tuple(Limit(max(1, limit.calls // of), limit.seconds) for limit in limits)


@dataclass(slots=True)
class Window:
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

    def room(self, now: float) -> float:
        """Count the calls that fit into every limit now; inf: no limit."""
        return min((self._room(limit, now) for limit in self.limits), default=inf)

    def _room(self, limit: Limit, now: float) -> int:
        remembered = sum(1 for call in self.calls if call + limit.seconds > now)
        return max(0, limit.calls - remembered)

    def remembered(self, now: float) -> list[float]:
        """List the calls that a limit still remembers."""
        horizon = now - self.longest
        return [call for call in self.calls if call > horizon]

    @property
    def slack(self) -> int:
        """How many calls a slowed gate leaves unused."""
        return min((limit.calls for limit in self.limits), default=0) // 2

    @property
    def longest(self) -> float:
        """How many seconds a call is remembered."""
        return max((limit.seconds for limit in self.limits), default=0.0)

    def spend(self, now: float, calls: int) -> None:
        """Note calls made now, and forget those that no limit remembers."""
        horizon = now - self.longest
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
    def _even(self) -> float:
        return max(self.calls, default=-inf)

    def wait(self, now: float, calls: int) -> float:
        """Tell the seconds until `calls` more may be made."""
        ahead = self.pace.seconds * (self.pace.burst - min(calls, self.pace.burst))
        return max(0.0, self._even - ahead - now)

    def room(self, now: float) -> float:
        """Count the calls that may be made now."""
        borrowed = max(0.0, self._even - now)
        return max(0, self.pace.burst - ceil(borrowed / self.pace.seconds))

    def remembered(self, now: float) -> list[float]:
        """List the one time that is left of all calls, while it is still ahead."""
        return [self._even] if self._even > now else []

    @property
    def longest(self) -> float:
        """How many seconds what is remembered outlives its time: none, it is a time to come."""
        return 0.0

    @property
    def slack(self) -> int:
        """How many calls a slowed gate leaves unused."""
        return self.pace.burst // 2

    def spend(self, now: float, calls: int) -> None:
        """Borrow the time of calls made now."""
        even = max(now, self._even) + self.pace.seconds * calls
        self.calls.clear()
        self.calls.append(even)

    def move(self, spent_at: float, now: float, calls: int) -> None:
        """Count what calls of `spent_at` borrowed from when they were really made."""
        if calls and self._even < now + self.pace.seconds * calls:
            self.calls.clear()
            self.calls.append(now + self.pace.seconds * calls)
        _ = spent_at


AnyWindow = Window | PacedWindow


class Throttle:
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

    def wait(self, gate: str, now: float, *, calls: int = 1, reserve: int = 0) -> float:
        """Tell how many seconds `calls` through `gate` have to wait; 0: go.

        `reserve` calls of the gate's own limit are left for what is more urgent.
        """
        if not gate:
            return 0.0
        pause = max(self._closed.get(gate, -inf), self._closed.get(self._overall(gate), -inf)) - now
        own = self._window(gate).wait(now, calls + reserve + self._slack(gate, now))
        return max(0.0, pause, own, self._window(self._overall(gate)).wait(now, calls))

    def room(self, gate: str, now: float, *, most: int) -> int:
        """Count the calls, `most` at the most, that may go through `gate` now."""
        if not gate:
            return most
        if self.wait(gate, now) > 0:
            return 0
        own, overall = self._window(gate), self._window(self._overall(gate))
        room = min(own.room(now) - self._slack(gate, now), overall.room(now))
        return int(max(0, min(most, room)))

    def spend(self, gate: str, now: float, *, calls: int = 1) -> None:
        """Note calls that go through `gate` now."""
        if gate:
            self._window(gate).spend(now, calls)
            self._window(self._overall(gate)).spend(now, calls)

    def confirm(self, gate: str, spent_at: float, now: float, *, calls: int) -> None:
        """Count calls from when their answer came, not from when they were let through.

        The provider counted them somewhere in between: counting the later time is the safe side.
        """
        for each in (gate, self._overall(gate)) if gate else ():
            window = self._windows.get(each)
            if window is not None:
                window.move(spent_at, now, calls)

    def spent(self, now: float) -> dict[str, list[float]]:
        """List the calls that a limit still remembers, by gate."""
        self._forget(now)
        remembered = ((gate, window.remembered(now)) for gate, window in self._windows.items())
        return {gate: calls for gate, calls in remembered if calls}

    def recall(self, calls: Mapping[str, Iterable[float]], limits: AnyLimits) -> None:
        """Take `calls` for all there were, whoever made them, and keep to `limits` from now on."""
        self._limits = limits
        self._windows.clear()
        for gate, times in calls.items():
            self._window(gate).calls.extend(sorted(times))

    def close(self, gate: str, until: float) -> None:
        """Keep `gate` closed until then, or longer if it already is."""
        self._closed[gate] = max(until, self._closed.get(gate, -inf))

    def slow(self, gate: str, until: float) -> None:
        """Use only half of what `gate` allows until then: it was closed, or is about to be."""
        self._slowed[gate] = max(until, self._slowed.get(gate, -inf))

    def close_owner(self, gate: str, until: float) -> None:
        """Close every gate of the bot or number that `gate` belongs to."""
        self.close(self._overall(gate), until)

    def closed(self, now: float) -> list[str]:
        """List the gates that are closed or used up, so that nobody asks for their lanes."""
        self._forget(now)
        full = [
            gate
            for gate, window in self._windows.items()
            if window.wait(now, 1 + self._slack(gate, now)) > 0
        ]
        return list({*self._closed, *full})

    def opens_in(self, now: float) -> float | None:
        """Tell how many seconds until the first closed gate opens; None: none is closed."""
        waits = [until - now for until in self._closed.values()]
        waits += [
            wait
            for gate, window in self._windows.items()
            if (wait := window.wait(now, 1 + self._slack(gate, now))) > 0
        ]
        return min(waits, default=None)

    def _forget(self, now: float) -> None:
        for gate in [gate for gate, until in self._closed.items() if until <= now]:
            del self._closed[gate]
        for gate in [gate for gate, until in self._slowed.items() if until <= now]:
            del self._slowed[gate]
        for gate in [gate for gate, window in self._windows.items() if _is_quiet(window, now)]:
            del self._windows[gate]

    def _slack(self, gate: str, now: float) -> int:
        """Count the calls of a slowed gate that stay unused."""
        if self._slowed.get(gate, -inf) <= now:
            return 0
        return self._window(gate).slack

    def _window(self, gate: str) -> AnyWindow:
        window = self._windows.get(gate)
        if window is None:
            allowed = self._limits_of(gate)
            window = PacedWindow(allowed) if isinstance(allowed, Pace) else Window(allowed)
            self._windows[gate] = window
        return window

    def _limits_of(self, gate: str) -> Allowed:
        """Give what is allowed through a gate, as its bot's or number's provider sees it."""
        return self._limits.of(self._kind_of(gate), self._owner_of(gate))

    def _overall(self, gate: str) -> str:
        return f"{OVERALL}:{self._owner_of(gate)}"


def _is_quiet(window: AnyWindow, now: float) -> bool:
    return not window.calls or window.calls[-1] + window.longest <= now
