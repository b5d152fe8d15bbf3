"""Projections: the subscribers that follow the events of a transaction inside that transaction.

`scripts/wiring.py` lists them. A projection writes rows with `uow.tx`, or adds to the unit of work.
"""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from db.errors import is_transient
from desk.events import Event

U = TypeVar("U")
U_contra = TypeVar("U_contra", contravariant=True)


class Projection(Protocol[U_contra]):
    """Follows events; `U_contra` is the unit of work, which is made above this module."""

    @property
    def name(self) -> str:
        """Return its name in the log."""

    async def project(self, uow: U_contra, events: Sequence[Event]) -> None:
        """Write what follows from these events; each event is given once, in order.

        What it adds to the unit of work is written too, and its events go to all projections.
        """


class ProjectionError(Exception):
    """A projection failed for another reason than the database; the transaction must not commit."""

    def __init__(self, projection: str, reason: object) -> None:
        super().__init__(f"projection {projection}: {reason}")
        self.projection = projection


async def run_projections(
    projections: Sequence[Projection[U]], uow: U, events: Sequence[Event]
) -> None:
    """Give events to each projection.

    Raises ProjectionError, unless trying the transaction again may help.
    """
    for projection in projections:
        try:
            await projection.project(uow, events)
        except Exception as error:
            if is_transient(error):
                raise
            # Not the error's text, which may quote the values that were written.
            raise ProjectionError(projection.name, type(error).__name__) from error
