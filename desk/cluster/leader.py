"""Leader locks, for work that only one process may do at a time; the others stand by."""

from typing import Protocol

from db.database import Transaction


class LeaderLock(Protocol):
    """The right to do one kind of such work."""

    @property
    def is_standby(self) -> bool:
        """Check whether another process leads."""

    async def wait_until_known(self) -> bool:
        """Wait until it is known which process leads; return whether this one does."""

    async def acquire(self) -> bool:
        """Wait until this process leads; return True if it became leader since the last call."""

    async def check(self, tx: Transaction) -> None:
        """Raise LeaseLostError in a transaction if this process does not lead any more."""


class SingleProcessLock:
    """A lock that is always held, because there is no other process."""

    is_standby = False

    def __init__(self) -> None:
        self._began = False

    async def wait_until_known(self) -> bool:
        """Return True."""
        return True

    async def acquire(self) -> bool:
        """Return at once; True on the first call only."""
        first, self._began = not self._began, True
        return first

    async def check(self, tx: Transaction) -> None:
        """Do nothing, because no other process can have taken over."""
