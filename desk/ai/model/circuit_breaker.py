"""A circuit breaker: a server that keeps failing is left alone for a while. Pure but for its state.

Closed: calls pass. Open: no call passes until a time. Then one call probes the server: if it is
answered, the breaker closes; if not, it opens for twice as long.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

FAILURES_TO_OPEN = 5
FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(minutes=2)


@dataclass(slots=True)
class CircuitBreaker:
    """The state of one server, in this process."""

    failures: int = 0
    open_until: datetime | None = None
    # The server asked for a pause (429); after it all calls pass again.
    paused_until: datetime | None = None
    is_probing: bool = False
    _pause: timedelta = FIRST_PAUSE

    def find_pause(self, now: datetime) -> timedelta | None:
        """Return how long the server asked to be left alone; None: nothing was asked."""
        if self.paused_until is None or now >= self.paused_until:
            return None
        return self.paused_until - now

    def find_wait(self, now: datetime) -> timedelta | None:
        """Return how long the breaker lets no call pass; None: a call may be made now."""
        if self.open_until is None:
            return None
        if now < self.open_until:
            return self.open_until - now
        return timedelta(seconds=1) if self.is_probing else None

    def start_call(self) -> bool:
        """Note that a call begins; return whether it probes the server."""
        probes = self.open_until is not None
        self.is_probing = self.is_probing or probes
        return probes

    def end_call(self, *, probes: bool) -> None:
        """Note that a call has ended in any way, also by being cancelled."""
        if probes:
            self.is_probing = False

    def record_success(self) -> None:
        """Note that the server answered."""
        self.failures, self.open_until, self._pause = 0, None, FIRST_PAUSE

    def record_failure(self, now: datetime) -> None:
        """Note that the server did not answer."""
        self.failures += 1
        if self.open_until is not None and now >= self.open_until:
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
            self.open_until = now + self._pause
        elif self.open_until is None and self.failures >= FAILURES_TO_OPEN:
            self.open_until = now + self._pause

    def record_rate_limit(self, now: datetime, retry_after: float) -> None:
        """Note that the server asks for a pause, a long one for no longer than the longest."""
        pause = min(timedelta(seconds=max(retry_after, 0.0)), LONGEST_PAUSE)
        self.paused_until = max(self.paused_until or now, now + pause)
