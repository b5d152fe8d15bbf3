"""The port of what a new place of a conversation shows: docs/adr/0035-personal-desks.md."""

from dataclasses import dataclass
from typing import Protocol, TypeVar

from db.ids import MessageId
from db.queries.conversations.place import Place
from db.queries.conversations.threads import Thread

# The unit of work, which imports this module.
U_contra = TypeVar("U_contra", contravariant=True)


@dataclass(frozen=True, slots=True)
class Missed:
    """What staff in a new place has not seen: the history in words, and messages to show there."""

    history: str | None = None
    messages: tuple[MessageId, ...] = ()


class Openings(Protocol[U_contra]):
    """Finds and shows what staff in a new place of a conversation has not seen."""

    async def find(self, uow: U_contra, thread: Thread) -> Missed: ...

    async def show(self, uow: U_contra, thread: Thread, place: Place, missed: Missed) -> None: ...


class EmptyOpenings:
    """Opens places with nothing in them."""

    async def find(self, uow: object, thread: Thread) -> Missed:
        """Find nothing."""
        _ = uow, thread
        return Missed()

    async def show(self, uow: object, thread: Thread, place: Place, missed: Missed) -> None:
        """Show nothing."""
