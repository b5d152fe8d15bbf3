"""The stand-in's time: the machine's, moved forward by whoever tests what takes a day."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class Clock:
    """Unix seconds; `ahead` is how far this clock was moved before the machine's, if it runs."""

    base: Callable[[], float] = time.time
    ahead: float = 0.0
    # The moment of the machine's clock at which this one stands still.
    frozen: float | None = None

    def now(self) -> float:
        """Return the moment in Unix seconds."""
        return (self.base() if self.frozen is None else self.frozen) + self.ahead

    def freeze(self) -> None:
        """Stand still: from now on only `advance` moves the clock."""
        self.frozen = self.base()

    def advance(self, seconds: float) -> None:
        """Move the clock; what was due in between happens when it is looked at."""
        self.ahead += seconds
