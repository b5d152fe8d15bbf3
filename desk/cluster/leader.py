"""What only one process may do at a time: it leads, the others stand by."""

from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession


class LeaderLock(Protocol):
    """The right to do one such thing."""

    @property
    def is_standby(self) -> bool:
        """Tell whether another process leads."""

    async def wait_until_known(self) -> bool:
        """Return whether this process leads, once that is known."""

    async def acquire(self) -> bool:
        """Return once this process leads; True when it took the lead since it was last asked."""

    async def check(self, tx: AsyncSession) -> None:
        """Fence a transaction: raises LeaseLostError when this process leads no more."""


class SingleProcessLock:
    """Leads always: there is no other process."""

    is_standby = False

    def __init__(self) -> None:
        self._began = False

    async def wait_until_known(self) -> bool:
        """Lead."""
        return True

    async def acquire(self) -> bool:
        """Lead at once."""
        first, self._began = not self._began, True
        return first

    async def check(self, tx: AsyncSession) -> None:
        """Nobody could have taken over."""
