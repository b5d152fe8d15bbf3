"""The stand-in's clock: the machine's time, which tests can move forward or stop."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class Clock:
    """A clock in Unix seconds; `ahead` is its distance to the machine's clock while it runs."""

    base: Callable[[], float] = time.time
    ahead: float = 0.0
    # The moment at which the clock is stopped.
    frozen: float | None = None

    def now(self) -> float:
        """Return the current time in Unix seconds."""
        return (self.base() if self.frozen is None else self.frozen) + self.ahead

    def freeze(self) -> None:
        """Stop the clock: from now on only `advance` moves it."""
        self.frozen = self.base()

    def advance(self, seconds: float) -> None:
        """Move the clock; expiry in between takes effect at the next look-up."""
        self.ahead += seconds
