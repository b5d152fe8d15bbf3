"""The projection that updates cards after changes that do not know the thread, or its figures."""

from collections.abc import Sequence

from db.queries.conversations.card_details import find_answered_first
from db.tables import Direction
from desk.actors import ActorKind
from desk.events import Event, MessageAdded, SessionTagsChanged
from desk.unit_of_work import UnitOfWork

_ANSWERING = {ActorKind.HUMAN.sender_type, ActorKind.AI.sender_type}


class CardUpdates:
    """Updates the cards of sessions with other tags, and of those just answered for the first time.

    It stands behind the figures, which say when the first answer was.
    """

    name = "card-updates"

    async def project(self, uow: UnitOfWork, events: Sequence[Event]) -> None:
        changed = {each.session_id for each in events if isinstance(each, SessionTagsChanged)}
        answered = {
            each.session_id
            for each in events
            if isinstance(each, MessageAdded)
            and each.session_id is not None
            and each.direction is Direction.OUTBOUND
            and each.sender in _ANSWERING
        }
        changed |= await find_answered_first(uow.tx, answered, uow.now)
        threads = {id(each): each for each in uow.threads.values() if each.session_id in changed}
        for thread in threads.values():
            uow.refresh_card(thread)
