"""What only one process may do at a time: it leads, the others stand by."""

from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession


class Lead(Protocol):
    """The right to do one such thing."""

    @property
    def stands_by(self) -> bool:
        """Tell whether another process leads."""

    async def known(self) -> bool:
        """Return whether this process leads, once that is known."""

    async def taken(self) -> bool:
        """Return once this process leads; True when it took the lead since it was last asked."""

    async def check(self, tx: AsyncSession) -> None:
        """Fence a transaction: raises LeaseLostError when this process leads no more."""


class OnlyProcess:
    """Leads always: there is no other process."""

    stands_by = False

    def __init__(self) -> None:
        self._began = False

    async def known(self) -> bool:
        """Lead."""
        return True

    async def taken(self) -> bool:
        """Lead at once."""
        first, self._began = not self._began, True
        return first

    async def check(self, tx: AsyncSession) -> None:
        """Nobody could have taken over."""
