"""The rate limiter's clock: it never goes back, and processes agree on it as on wall time."""

import time


class SteadyClock:
    """Unix time when the process started, plus the time that passed since."""

    def __init__(self) -> None:
        self._offset = time.time() - time.monotonic()

    def __call__(self) -> float:
        """Return the seconds since 1970, to the millisecond.

        If wall time is set back, this clock goes on; if wall time jumps ahead (the machine slept),
        this clock jumps with it.
        """
        passed = time.monotonic()
        if time.time() - passed > self._offset + 1.0:
            self._offset = time.time() - passed
        return round(self._offset + passed, 3)


steady_now = SteadyClock()
