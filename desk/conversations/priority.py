"""The priority of a session: a higher one gets an agent before all lower ones."""

from db.queries.conversations import session_settings
from db.queries.conversations.threads import Thread
from db.tables import Priority
from desk.actors import Actor
from desk.audit import add_entry
from desk.events import SessionPriorityChanged
from desk.unit_of_work import UnitOfWork


async def set_priority(uow: UnitOfWork, thread: Thread, priority: Priority, *, by: Actor) -> bool:
    """Set the priority of the open session; return False if nothing changed.

    The caller has checked the right to change it.
    """
    session_id = thread.session_id
    if session_id is None or not await session_settings.set_priority(uow.tx, session_id, priority):
        return False
    before, thread.priority = thread.priority, priority
    uow.events.add(SessionPriorityChanged(session_id))
    details = {"before": before and before.value, "after": priority.value}
    add_entry(uow, by, "session.priority", session_id, details)
    uow.refresh_card(thread)
    return True
