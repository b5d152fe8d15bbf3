"""Seconds to wait before the next attempt."""


def retry_delay(attempts: int, *, base: float = 1.0, most: float = 60.0, jitter: float) -> float:
    """Return how many seconds to wait before attempt number `attempts` + 1.

    The wait doubles from `base` up to `most`; `jitter` (0 to 1) spreads it over the upper half.
    """
    full = min(most, base * 2.0 ** min(attempts, 30))
    return full * (0.5 + 0.5 * jitter)
