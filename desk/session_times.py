"""When sessions stop counting, are reminded of and end; and the times of AI agents' turns."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class TurnTimes:
    """The times of turns; the operator sets the deadline (AI_DEADLINE_SECONDS)."""

    # How long a customer must be silent before their burst of messages is answered.
    quiet: timedelta = timedelta(seconds=1.5)
    # A longer burst is answered in the middle: the deadline runs from its first message.
    longest_burst: timedelta = timedelta(seconds=6)
    # From the first message, or from a later start.
    deadline: timedelta = timedelta(seconds=20)
    # With less time left than this, nothing is thought again.
    shortest_round: timedelta = timedelta(seconds=3)


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
    # Agents who are online are set away if they gave no sign of life for this long, while customers
    # waited; None: never.
    silence: timedelta | None = None
    # How long topics of agents' own chats stay after their session ended or went to somebody else;
    # None: for ever.
    keep_topics: timedelta | None = timedelta(hours=24)
    turns: TurnTimes = field(default_factory=TurnTimes)

    def live_since(self, now: datetime) -> datetime:
        """Return the time after which somebody must have written in a live session."""
        return now - self.idle


DEFAULT_SESSION_TIMES = SessionTimes()
