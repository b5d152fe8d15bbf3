"""The throttle's clock: never goes back, and all processes agree on it as they do on wall time."""

import time


class SteadyClock:
    """Unix time as it was when the process started, going on with the time that passed since."""

    def __init__(self) -> None:
        self._offset = time.time() - time.monotonic()

    def __call__(self) -> float:
        """Tell the seconds since 1970, to the millisecond.

        When wall time is set back, this goes on; when it jumps ahead (the machine slept), so does
        this.
        """
        passed = time.monotonic()
        if time.time() - passed > self._offset + 1.0:
            self._offset = time.time() - passed
        return round(self._offset + passed, 3)


steady_now = SteadyClock()
