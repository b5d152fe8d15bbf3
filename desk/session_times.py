"""When a session that nobody writes in stops counting, is reminded of, and ends."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class SessionTimes:
    """The times of one installation; the operator sets them (SESSION_IDLE_MINUTES and others)."""

    # A session in which nobody wrote for this long does not count against its agent's capacity.
    idle: timedelta = timedelta(hours=1)
    # It ends by itself after this time; None: never. An hour less than WhatsApp's reply window, so
    # that the customer still gets the words.
    end: timedelta | None = timedelta(hours=23)
    # How long before that end there is a reminder; zero: none.
    reminder: timedelta = timedelta(hours=1)
    # Staff is warned when customers have waited this long for an agent; None: never.
    nobody_free: timedelta | None = timedelta(minutes=30)

    def live_since(self, now: datetime) -> datetime:
        """Return the time after which somebody must have written in a live session."""
        return now - self.idle


DEFAULT_SESSION_TIMES = SessionTimes()
