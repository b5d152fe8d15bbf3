"""Meta's sending limits as pure functions of time: `now` is a parameter, nothing sleeps."""

from collections import deque
from dataclasses import dataclass, field

from sandbox.graph.model.errors import GraphError

DAY = 86_400.0
TIERS = {
    "TIER_50": 50,
    "TIER_250": 250,
    "TIER_1K": 1_000,
    "TIER_2K": 2_000,
    "TIER_10K": 10_000,
    "TIER_100K": 100_000,
}


@dataclass(slots=True)
class Limits:
    """Sending limits of a number: per second, per recipient and per day.

    One recipient may get a message every 6 s, with bursts; the day's number is the tier's.
    """

    on: bool = False
    per_second: int = 80
    pair_seconds: float = 6.0
    pair_burst: int = 45
    # Replaces the number of the tier, if it is set.
    per_day: int = 0
    recent: dict[str, deque[float]] = field(default_factory=dict)
    # For each pair, the moment until which its messages have used up its rate.
    borrowed: dict[tuple[str, str], float] = field(default_factory=dict)
    opened: dict[str, dict[str, float]] = field(default_factory=dict)

    def spend(self, number: str, customer: str, now: float) -> None:
        """Count a message; one over a limit raises 130429 or 131056 and is not counted."""
        if not self.on:
            return
        recent = self.recent.setdefault(number, deque())
        while recent and recent[0] <= now - 1:
            recent.popleft()
        if len(recent) >= self.per_second:
            raise GraphError(
                130429,
                "Message failed to send because there were too many messages"
                " sent from this phone number in a short period of time",
            )
        until = max(self.borrowed.get((number, customer), 0.0), now) + self.pair_seconds
        if until - now > self.pair_seconds * self.pair_burst:
            raise GraphError(
                131056,
                "Message failed to send because there were too many messages"
                " sent from this phone number to the same phone number in a short"
                " period of time",
            )
        self.borrowed[number, customer] = until
        recent.append(now)

    def open(self, number: str, tier: str, customer: str, now: float) -> None:
        """Count a conversation begun by the business; one over the tier's number raises 131048."""
        allowed = self.per_day or TIERS.get(tier, 0)
        if not self.on or not allowed:
            return
        opened = self.opened.setdefault(number, {})
        for other in [one for one, at in opened.items() if at <= now - DAY]:
            del opened[other]
        if customer not in opened and len(opened) >= allowed:
            raise GraphError(131048, f"This number may open {allowed} conversations in 24 hours")
        opened.setdefault(customer, now)
