"""Estimate how long a customer still waits, from how long others really waited; pure functions."""

from collections.abc import Sequence
from math import ceil, floor

# With fewer waits nothing is known.
_FEWEST_WAITS = 5
_LOW, _HIGH = 0.2, 0.8
_MINUTE = 60.0
# From so many minutes on, an estimate is a multiple of the step.
_STEPS = ((60, 15), (10, 5), (0, 1))

# Less is not worth a promise.
_SHORTEST = 2

Estimate = tuple[int, int]


def estimate_wait(
    waits: Sequence[float], *, waited: float = 0.0, longest: float = 0.0
) -> Estimate | None:
    """Return between how many minutes most customers wait, or None if too little is known.

    `waits` are the seconds that others waited, `waited` those of this customer so far, and
    `longest` those of whoever waits longest now: most cannot wait less than that.
    """
    if len(waits) < _FEWEST_WAITS:
        return None
    known = sorted(waits)
    high = max(_pick(known, _HIGH), longest) - waited
    if high <= 0:
        return None  # it takes longer than usual: nobody knows how long
    low = max(0.0, _pick(known, _LOW) - waited)
    most = max(_SHORTEST, _round(high, up=True))
    return min(_round(low, up=False), most), most


def _pick(known: Sequence[float], share: float) -> float:
    """Return the smallest value that this share of all does not exceed."""
    return known[max(0, ceil(share * len(known)) - 1)]


def _round(seconds: float, *, up: bool) -> int:
    minutes = seconds / _MINUTE
    step = next(step for begin, step in _STEPS if minutes >= begin)
    return (ceil(minutes / step) if up else floor(minutes / step)) * step
