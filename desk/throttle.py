"""The provider's limits, kept on our side: pure bookkeeping, every function takes `now`.

Times are seconds on any clock that never goes back.
"""

from bisect import insort
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from math import inf

OVERALL = "overall"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `calls` in any `seconds`."""

    calls: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Limits:
    """What a provider allows: to one person, to one group, and overall per bot or number."""

    person: tuple[Limit, ...] = ()
    group: tuple[Limit, ...] = ()
    overall: tuple[Limit, ...] = ()

    def part(self, of: int) -> "Limits":
        """Give what each of `of` processes may use when they cannot ask each other."""
        return Limits(*(_part(each, of) for each in (self.person, self.group, self.overall)))


def _part(limits: tuple[Limit, ...], of: int) -> tuple[Limit, ...]:
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


class Throttle:
    """Says when a call may go through a gate, and which gates are closed."""

    def __init__(
        self, limits: Limits, *, kind_of: Callable[[str], str], owner_of: Callable[[str], str]
    ) -> None:
        self._limits = limits
        self._kind_of = kind_of
        self._owner_of = owner_of
        self._windows: dict[str, Window] = {}
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

    def recall(self, calls: Mapping[str, Iterable[float]], limits: Limits) -> None:
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
        return min((limit.calls for limit in self._window(gate).limits), default=0) // 2

    def _window(self, gate: str) -> Window:
        window = self._windows.get(gate)
        if window is None:
            limits: tuple[Limit, ...] = getattr(self._limits, self._kind_of(gate))
            window = self._windows[gate] = Window(limits)
        return window

    def _overall(self, gate: str) -> str:
        return f"{OVERALL}:{self._owner_of(gate)}"


def _is_quiet(window: Window, now: float) -> bool:
    return not window.calls or window.calls[-1] + window.longest <= now
