"""Show the customer and the event streams that an agent is typing."""

from api.access.caller import Caller
from api.access.session_access import find_visible_session
from api.errors.problems import Conflict
from api.routing.transactions import Transactions
from api.sending.models import TypingOut
from db.ids import SessionId
from db.queries.conversations import threads
from db.queries.conversations.location import SessionLocation
from db.queries.conversations.threads import Thread
from desk.delivery.typing import TypingIndicator, apply_backoff
from desk.errors import DeliveryError
from desk.events import TypingStarted
from desk.unit_of_work import UnitOfWork


async def show_typing(
    transactions: Transactions, caller: Caller, session_id: SessionId, composing: TypingIndicator
) -> TypingOut:
    """Show the customer for some seconds that an agent is typing, if the channel can.

    More than one call in 4 seconds for a conversation is ignored, and so is a call that would delay
    answers. `shown` says whether the customer sees it.
    """
    place = await transactions.run(lambda uow: _load_open_session(uow, caller, session_id))
    if not composing.is_due(place.conversation_id):
        return TypingOut(shown=False)
    thread = await transactions.run(lambda uow: _reserve_rate_limit(uow, caller, place, composing))
    if thread is None:
        return TypingOut(shown=False)
    try:
        asked = await composing.show(thread)
    except DeliveryError:
        return TypingOut(shown=False)
    if asked is not None:
        await transactions.run(lambda uow: apply_backoff(uow, thread, asked))
    return TypingOut(shown=asked is None)


async def _load_open_session(
    uow: UnitOfWork, caller: Caller, session_id: SessionId
) -> SessionLocation:
    place = await find_visible_session(uow, caller, session_id)
    if not place.is_open:
        raise Conflict("this session has ended: reopen it, or answer, which opens the next one")
    return place


async def _reserve_rate_limit(
    uow: UnitOfWork, caller: Caller, place: SessionLocation, composing: TypingIndicator
) -> Thread | None:
    uow.events.add(TypingStarted(place.session_id, caller.agent_id))
    for thread in await threads.read_by_ids(uow.tx, [place.conversation_id]):
        if await composing.reserve_call(uow, thread):
            return thread
    return None
