"""What only one process may do at a time: it leads, the others stand by."""

from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession


class Lead(Protocol):
    """The right to do one such thing."""

    async def taken(self) -> bool:
        """Return once this process leads; True when it took the lead just now."""

    async def check(self, tx: AsyncSession) -> None:
        """Fence a transaction: raises LeaseLostError when this process leads no more."""


class OnlyProcess:
    """Leads always: there is no other process."""

    def __init__(self) -> None:
        self._began = False

    async def taken(self) -> bool:
        """Lead at once."""
        first, self._began = not self._began, True
        return first

    async def check(self, tx: AsyncSession) -> None:
        """Nobody could have taken over."""
