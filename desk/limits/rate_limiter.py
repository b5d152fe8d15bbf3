"""Count calls against a provider's limits, without I/O; every function takes `now`.

Times are in seconds, on any clock that never goes back.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from math import inf

from desk.limits.windows import AnyWindow, Limit, LimitRule, Pace, PacedWindow, SlidingWindow

OVERALL, BROADCAST = "overall", "broadcast"


@dataclass(frozen=True, slots=True)
class Limits:
    """A provider's limits: for one person, for one group, and overall for a bot or number.

    `person_share` and `group_share` are our own: how much of a chat's limit one customer may use
    where several are shown to staff in one chat. `broadcast` is, too: broadcasts go on only while
    all calls of the bot or number stay within it, so that answers find the rest free.
    """

    person: LimitRule = ()
    group: LimitRule = ()
    overall: LimitRule = ()
    person_share: LimitRule = ()
    group_share: LimitRule = ()
    broadcast: tuple[Limit, ...] = ()

    def divide(self, of: int) -> "Limits":
        """Return the share of each of `of` processes that do not know each other's calls."""
        return Limits(
            _divide(self.person, of),
            _divide(self.group, of),
            _divide(self.overall, of),
            _divide(self.person_share, of),
            _divide(self.group_share, of),
            _divide_all(self.broadcast, of),
        )

    def for_kind(self, kind: str, owner: str) -> LimitRule:
        """Return the limits for a kind of rate-limit key, whatever its owner."""
        _ = owner
        allowed: LimitRule = getattr(self, kind)
        return allowed


# For a kind of channel whose sends are not counted.
NO_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class PerOwnerLimits:
    """Limits of bots and numbers of several providers, each with its own provider's limits."""

    choose: Callable[[str], Limits]
    parts: int = 1

    def divide(self, of: int) -> "PerOwnerLimits":
        """Return the share of each of `of` processes that do not know each other's calls."""
        return replace(self, parts=self.parts * of)

    def for_kind(self, kind: str, owner: str) -> LimitRule:
        """Return the limits for a kind of rate-limit key of this bot or number."""
        return self.choose(owner).divide(self.parts).for_kind(kind, owner)


AnyLimits = Limits | PerOwnerLimits


def _divide(limits: LimitRule, of: int) -> LimitRule:
    if isinstance(limits, Pace):
        return Pace(limits.seconds * of, max(1, limits.burst // of))
    return _divide_all(limits, of)


def _divide_all(limits: tuple[Limit, ...], of: int) -> tuple[Limit, ...]:
    return tuple(Limit(max(1, limit.calls // of), limit.seconds) for limit in limits)


class RateLimiter:
    """Decides when a call may be made under a rate-limit key, and which keys are closed."""

    def __init__(
        self, limits: AnyLimits, *, kind_of: Callable[[str], str], owner_of: Callable[[str], str]
    ) -> None:
        self._limits = limits
        self._kind_of = kind_of
        self._owner_of = owner_of
        self._windows: dict[str, AnyWindow] = {}
        self._closed: dict[str, float] = {}
        self._slowed: dict[str, float] = {}
        # Calls that are kept for more urgent ones: until when, and how many.
        self._kept: dict[str, list[tuple[float, int]]] = {}

    def wait(self, rate_limit_key: str, now: float, *, calls: int = 1, reserve: int = 0) -> float:
        """Return how many seconds `calls` under the key have to wait; 0: go.

        `reserve` calls of the key's own limit are left for more urgent ones.
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

    def wait_for_calm(self, rate_limit_key: str, now: float, *, calls: int, share: float) -> float:
        """Return how many seconds until `calls` leave this share of the key's own limit free."""
        if not rate_limit_key:
            return 0.0
        free = self._window(rate_limit_key).count_free(share)
        return self.wait(rate_limit_key, now, calls=calls, reserve=free)

    def keep_for_urgent(self, rate_limit_key: str, until: float, *, calls: int) -> None:
        """Keep calls of the key for urgent ones until then; cosmetic ones ask `count_kept`."""
        self._kept.setdefault(rate_limit_key, []).append((until, calls))

    def count_kept(self, rate_limit_key: str, now: float) -> int:
        """Return how many calls of the key are kept for urgent ones."""
        return sum(calls for until, calls in self._kept.get(rate_limit_key, ()) if until > now)

    def wait_for_quiet(self, rate_limit_key: str, now: float, *, calls: int) -> float:
        """Return how many seconds `calls` of a broadcast wait until its bot or number is quiet."""
        if not rate_limit_key:
            return 0.0
        overall = self._window(self._overall(rate_limit_key))
        allowed = self._limits.for_kind(BROADCAST, self._owner_of(rate_limit_key))
        assert not isinstance(allowed, Pace)  # noqa: S101 for the type checker
        quiet = SlidingWindow(allowed, overall.calls).wait(now, calls)
        return max(quiet, self.wait(rate_limit_key, now, calls=calls))

    def wait_for_share(
        self, share_key: str, rate_limit_key: str, now: float, *, calls: int
    ) -> float:
        """Return how many seconds `calls` wait for a customer's share of the key; 0: go."""
        if not share_key:
            return 0.0
        slack = self._share_slack(share_key, rate_limit_key, now)
        return self._window(share_key).wait(now, calls + slack)

    def available_in_share(
        self, share_key: str, rate_limit_key: str, now: float, *, most: int
    ) -> int:
        """Return how many calls, at most `most`, are left of a customer's share of the key."""
        if not share_key:
            return most
        slack = self._share_slack(share_key, rate_limit_key, now)
        return int(max(0, min(most, self._window(share_key).available(now) - slack)))

    def count_calls(self, rate_limit_key: str, now: float) -> int:
        """Return how many calls under the key are still counted."""
        window = self._windows.get(rate_limit_key)
        return len(window.list_remembered(now)) if window else 0

    def available(self, rate_limit_key: str, now: float, *, most: int) -> int:
        """Return how many calls, at most `most`, may be made under the key now."""
        if not rate_limit_key:
            return most
        if self.wait(rate_limit_key, now) > 0:
            return 0
        own, overall = self._window(rate_limit_key), self._window(self._overall(rate_limit_key))
        room = min(own.available(now) - self._slack(rate_limit_key, now), overall.available(now))
        return int(max(0, min(most, room)))

    def spend(
        self, rate_limit_key: str, now: float, *, calls: int = 1, share_key: str = ""
    ) -> None:
        """Count calls that are made under the key now, for the customer whose share it is."""
        if rate_limit_key:
            self._window(rate_limit_key).spend(now, calls)
            self._window(self._overall(rate_limit_key)).spend(now, calls)
        if share_key:
            self._window(share_key).spend(now, calls)

    def confirm(self, rate_limit_key: str, spent_at: float, now: float, *, calls: int) -> None:
        """Count calls from when their answer came, not from when they were allowed.

        The provider counted them at some time in between; the later time is the safe one.
        """
        for each in (rate_limit_key, self._overall(rate_limit_key)) if rate_limit_key else ():
            window = self._windows.get(each)
            if window is not None:
                window.move(spent_at, now, calls)

    def list_calls(self, now: float) -> dict[str, list[float]]:
        """List the calls that a limit still counts, by rate-limit key."""
        self._discard_expired(now)
        remembered = (
            (rate_limit_key, window.list_remembered(now))
            for rate_limit_key, window in self._windows.items()
        )
        return {rate_limit_key: calls for rate_limit_key, calls in remembered if calls}

    def restore(self, calls: Mapping[str, Iterable[float]], limits: AnyLimits) -> None:
        """Replace all counted calls by `calls`, and keep to `limits` from now on."""
        self._limits = limits
        self._windows.clear()
        for rate_limit_key, times in calls.items():
            self._window(rate_limit_key).calls.extend(sorted(times))

    def close(self, rate_limit_key: str, until: float) -> None:
        """Close the key until then, or for longer if it already is."""
        self._closed[rate_limit_key] = max(until, self._closed.get(rate_limit_key, -inf))

    def slow(self, rate_limit_key: str, until: float) -> None:
        """Use only half of the key's limit until then, because it was closed, or is about to be."""
        self._slowed[rate_limit_key] = max(until, self._slowed.get(rate_limit_key, -inf))

    def close_owner(self, rate_limit_key: str, until: float) -> None:
        """Close every key of the bot or number that this key belongs to."""
        self.close(self._overall(rate_limit_key), until)

    def list_closed(self, now: float) -> list[str]:
        """List the keys that are closed or used up, so that their lanes are not claimed."""
        self._discard_expired(now)
        full = [
            rate_limit_key
            for rate_limit_key, window in self._windows.items()
            if window.wait(now, 1 + self._slack(rate_limit_key, now)) > 0
        ]
        return list({*self._closed, *full})

    def seconds_until_open(self, now: float) -> float | None:
        """Return the seconds until the first closed key opens; None: none is closed."""
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
        for rate_limit_key, kept in list(self._kept.items()):
            self._kept[rate_limit_key] = [each for each in kept if each[0] > now]
            if not self._kept[rate_limit_key]:
                del self._kept[rate_limit_key]
        for rate_limit_key in [
            rate_limit_key
            for rate_limit_key, window in self._windows.items()
            if _is_quiet(window, now)
        ]:
            del self._windows[rate_limit_key]

    def _slack(self, rate_limit_key: str, now: float) -> int:
        """Return how many calls of a slowed key stay unused."""
        if self._slowed.get(rate_limit_key, -inf) <= now:
            return 0
        return self._window(rate_limit_key).unused_when_slowed

    def _share_slack(self, share_key: str, rate_limit_key: str, now: float) -> int:
        """Return how many calls of a share stay unused: half of it, as of the slowed key."""
        if self._slowed.get(rate_limit_key, -inf) <= now:
            return 0
        return self._window(share_key).unused_when_slowed

    def _window(self, rate_limit_key: str) -> AnyWindow:
        window = self._windows.get(rate_limit_key)
        if window is None:
            allowed = self._limits_of(rate_limit_key)
            window = PacedWindow(allowed) if isinstance(allowed, Pace) else SlidingWindow(allowed)
            self._windows[rate_limit_key] = window
        return window

    def _limits_of(self, rate_limit_key: str) -> LimitRule:
        """Return the limits of a key, as the provider of its bot or number sets them."""
        return self._limits.for_kind(self._kind_of(rate_limit_key), self._owner_of(rate_limit_key))

    def _overall(self, rate_limit_key: str) -> str:
        return f"{OVERALL}:{self._owner_of(rate_limit_key)}"


def _is_quiet(window: AnyWindow, now: float) -> bool:
    return not window.calls or window.calls[-1] + window.max_seconds <= now
