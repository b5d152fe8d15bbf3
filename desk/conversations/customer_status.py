"""Describe to a customer how their conversation stands: who answers, or their place."""

from db.queries.conversations.sessions import list_waiting
from db.queries.conversations.threads import Thread
from desk.content import Content
from desk.conversations.queue_notices import build_queue_notice
from desk.unit_of_work import UnitOfWork

# Places behind this one are told as this one.
_MAX_COUNTED = 500


async def describe_status(uow: UnitOfWork, thread: Thread) -> Content:
    """Return how the customer's conversation stands, in their language."""
    if thread.session_id is None:
        return uow.content_for_customer(thread, "customer_command.no_session")
    if thread.holder_id is not None:
        agent = thread.holder_name
        return uow.content_for_customer(thread, "customer_command.held", agent=agent)
    waiting = [each.session_id for each in await list_waiting(uow.tx, most=_MAX_COUNTED)]
    is_counted = thread.session_id in waiting
    place = waiting.index(thread.session_id) + 1 if is_counted else _MAX_COUNTED
    return build_queue_notice(uow, thread, place)
