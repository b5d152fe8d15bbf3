"""Show how far a long command is, on stderr, at most once a second."""

import time

from scripts.commands.words import say

_INTERVAL = 1.0


class ProgressLines:
    """Prints a line for each piece of work that is done, and now and then in the middle of one."""

    def __init__(self, verb: str) -> None:
        self._verb = verb
        self._shown_at = 0.0

    def show(self, name: str, done: int, total: int) -> None:
        """Show that `done` of `total` are done of this piece."""
        now = time.monotonic()
        if done < total and now - self._shown_at < _INTERVAL:
            return
        self._shown_at = now
        say(f"{self._verb} {name}: {done} of {total}", is_aside=True)

    def show_size(self, size: int) -> None:
        """Show how many bytes of an unknown number are done."""
        say(f"{self._verb}: {size / 10**6:.0f} MB", is_aside=True)
