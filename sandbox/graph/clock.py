"""The stand-in's time: the machine's, moved forward by whoever tests what takes a day."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class Clock:
    """Unix seconds; `ahead` is how far this clock was moved before the machine's."""

    base: Callable[[], float] = time.time
    ahead: float = 0.0

    def now(self) -> float:
        """Return the moment in Unix seconds."""
        return self.base() + self.ahead

    def advance(self, seconds: float) -> None:
        """Move the clock; what was due in between happens when it is looked at."""
        self.ahead += seconds
