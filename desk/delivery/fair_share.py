"""Share a chat's rate limit among the customers whose conversations staff sees there.

Whoever used least goes first, and of those with equal use the oldest waiting row, whatever its
kind. While several wait, each step takes no more than a fair part of what is free.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from db.queues.lanes import DueLane
from db.queues.outbox import OutboxRow
from desk.delivery.work import OpenTopic, Step
from desk.lanes import share_key
from desk.limits.rate_limiter import RateLimiter


@dataclass(slots=True)
class FairShare:
    """The lanes of one claim, and what they use of the limits that they share."""

    rate_limiter: RateLimiter
    at: float
    # How many lanes of each rate-limit key have not had their turn.
    _waiting: Counter[str] = field(default_factory=Counter)
    # The calls that topics opened in this claim still need for their first messages.
    _promised: Counter[str] = field(default_factory=Counter)
    # The seconds that the lane waits whose turn it was; later ones do not overtake it.
    _held: dict[str, float] = field(default_factory=dict)

    def take_turns(
        self, due: Iterable[DueLane], rows: Mapping[str, Sequence[OutboxRow]]
    ) -> Iterable[DueLane]:
        """Iterate over lanes in the order of their turns; empty ones need nothing."""
        due = list(due)
        filled = [lane for lane in due if rows[lane.lane]]
        heads = {lane.lane: rows[lane.lane][0] for lane in filled}
        filled.sort(key=lambda lane: (self._used(lane, heads[lane.lane]), heads[lane.lane].id))
        self._waiting = Counter(lane.rate_limit_key for lane in filled)
        yield from (lane for lane in due if not rows[lane.lane])
        for lane in filled:
            yield lane
            self._waiting[lane.rate_limit_key] -= 1

    def _used(self, lane: DueLane, head: OutboxRow) -> int:
        own = share_key(lane.rate_limit_key, head.place_id)
        return self.rate_limiter.count_calls(own, self.at)

    def available(self, lane: DueLane, head: OutboxRow, *, most: int) -> int:
        """Return how many calls, at most `most`, the lane may make now beside those that wait."""
        key, waiting = lane.rate_limit_key, max(1, self._waiting[lane.rate_limit_key])
        free = self.rate_limiter.available(key, self.at, most=most * waiting)
        fair = -(-free // waiting)
        own = share_key(key, head.place_id)
        return self.rate_limiter.available_in_share(own, key, self.at, most=min(most, fair))

    def has_plenty(self, lane: DueLane, *, reserve: int) -> bool:
        """Check whether the lane may make one call more than those that wait need."""
        key, calls = lane.rate_limit_key, 1 + max(1, self._waiting[lane.rate_limit_key])
        return self.rate_limiter.wait(key, self.at, calls=calls, reserve=reserve) <= 0

    def spend(self, lane: DueLane, head: OutboxRow, step: Step, *, reserve: int) -> float:
        """Spend the calls of a step; return how many seconds it waits instead, or 0.

        A topic counts in nobody's share. It is opened only if its first message has room too.
        """
        key, calls = lane.rate_limit_key, step.cost
        if not calls:
            return 0.0
        if key in self._held:
            return self._held[key]
        opens = isinstance(step, OpenTopic)
        reserve += self._promised[key] + opens
        if (wait := self.rate_limiter.wait(key, self.at, calls=calls, reserve=reserve)) > 0:
            self._held[key] = wait
            return wait
        own = "" if opens else share_key(key, head.place_id)
        if (wait := self.rate_limiter.wait_for_share(own, key, self.at, calls=calls)) > 0:
            return wait
        self.rate_limiter.spend(key, self.at, calls=calls, share_key=own)
        self._promised[key] += opens
        return 0.0
