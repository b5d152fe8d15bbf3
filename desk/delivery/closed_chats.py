"""What follows when an agent's own chat cannot be written to: their sessions go to the queue."""

from datetime import datetime

from db.queries.accounts.agents import find_bound_agents
from db.queries.conversations import staff_places
from db.queues import outbox
from db.tables import OutboxState
from desk.actors import to_actor
from desk.conversations.own_chats import close_own_chat
from desk.conversations.threads import find_thread
from desk.delivery.work import Outcome
from desk.errors import OwnChatClosed
from desk.unit_of_work import UnitOfWork


async def settle_closed_chat(uow: UnitOfWork, outcome: Outcome, error: OwnChatClosed) -> datetime:
    """Give the agent's sessions back to the queue; return when the lane is due next.

    What was to be shown there is settled. It has no copy in this chat, so it is shown to the agent
    who holds the session next.
    """
    ids = [row.id for row in outcome.failed]
    await outbox.settle(uow.tx, ids, uow.now, OutboxState.FAILED, str(error))
    chat = outcome.work.step.chat
    found = (await find_bound_agents(uow.tx, [chat])).get(chat)
    if found is not None:
        await close_own_chat(uow, to_actor(found))
    await _leave_place(uow, outcome)
    return uow.now


async def _leave_place(uow: UnitOfWork, outcome: Outcome) -> None:
    """Close the place if it is still there: of a session that ended, or of a former agent."""
    step = outcome.work.step
    thread = await find_thread(uow, step.conversation_id) if step.conversation_id else None
    place = thread.find_place(step.place_id) if thread else None
    if thread is not None and place is not None:
        await staff_places.close_place(uow.tx, thread.conversation_id, place.id, left_at=uow.now)
        thread.places = tuple(each for each in thread.places if each.id != place.id)
