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

# How much of a chat's limit must stay free for what can wait: a card before the first message, and
# a card, a pin or a message of its own for each text of a burst.
_PLENTY = 2 / 3
_CALM = 1 / 2
# While messages wait for their turn, cards and pins get nothing.
_ALL_CALLS = 1_000
_TURN_SECONDS = 0.25
# How long a call is kept for the first message of a topic that is being opened.
_OPENING_SECONDS = 5.0
# What could not be sent is looked at again after this time, at the latest.
_LOOK_AGAIN = 10.0


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

    def has_plenty(self, lane: DueLane) -> bool:
        """Check whether the lane may make one call more than those that wait need."""
        key, calls = lane.rate_limit_key, 1 + max(1, self._waiting[lane.rate_limit_key])
        return self.rate_limiter.wait_for_calm(key, self.at, calls=calls, share=_PLENTY) <= 0

    def is_calm(self, lane: DueLane, *, calls: int) -> bool:
        """Check whether so many calls leave half of the limit to others."""
        key = lane.rate_limit_key
        return self.rate_limiter.wait_for_calm(key, self.at, calls=calls, share=_CALM) <= 0

    def spend_on_card(
        self, lane: DueLane, head: OutboxRow, step: Step, *, patience: float
    ) -> float:
        """Spend the calls of a card or a pin; return how many seconds it waits instead, or 0.

        It leaves messages what they wait for, and half of the limit while it is patient.
        """
        key = lane.rate_limit_key
        if not key or not step.cost:
            return 0.0
        share = _CALM if patience > 0 else 0.0
        kept = self.rate_limiter.count_kept(key, self.at)
        wait = self.rate_limiter.wait_for_calm(key, self.at, calls=step.cost + kept, share=share)
        if wait > 0:
            return min(wait, _LOOK_AGAIN, patience or _LOOK_AGAIN)
        return self._spend(lane, head, step)

    def spend_on_broadcast(self, lane: DueLane, head: OutboxRow, step: Step) -> float:
        """Spend the calls of a broadcast; return how many seconds it waits instead, or 0."""
        key, calls = lane.rate_limit_key, step.cost
        if not calls:
            return 0.0
        wait = self.rate_limiter.wait_for_quiet(key, self.at, calls=calls)
        return wait if wait > 0 else self._spend(lane, head, step)

    def spend(self, lane: DueLane, head: OutboxRow, step: Step) -> float:
        """Spend the calls of a step; return how many seconds it waits instead, or 0.

        A topic counts in nobody's share. It is opened only if its first message has room too.
        """
        key, calls = lane.rate_limit_key, step.cost
        if not calls:
            return 0.0
        if key in self._held:
            return self._held[key]
        opens = isinstance(step, OpenTopic)
        reserve = self._promised[key] + opens
        if (wait := self.rate_limiter.wait(key, self.at, calls=calls, reserve=reserve)) > 0:
            self._held[key] = wait
            self._keep(key, wait + _TURN_SECONDS, _ALL_CALLS)
            return wait
        if (wait := self._spend(lane, head, step)) > 0:
            return wait
        if opens:
            self._promised[key] += 1
            self._keep(key, _OPENING_SECONDS, 1)
        return 0.0

    def _spend(self, lane: DueLane, head: OutboxRow, step: Step) -> float:
        key, calls = lane.rate_limit_key, step.cost
        own = "" if isinstance(step, OpenTopic) else share_key(key, head.place_id)
        if (wait := self.rate_limiter.wait_for_share(own, key, self.at, calls=calls)) > 0:
            return wait
        self.rate_limiter.spend(key, self.at, calls=calls, share_key=own)
        return 0.0

    def _keep(self, key: str, seconds: float, calls: int) -> None:
        if key:
            self.rate_limiter.keep_for_urgent(key, self.at + seconds, calls=calls)
