"""Describe to a customer how their conversation stands: who answers, or their place."""

from db.queries.conversations.threads import Thread
from desk.content import Content
from desk.conversations.queue_notices import build_queue_notice, find_estimate, find_place
from desk.unit_of_work import UnitOfWork


async def describe_status(uow: UnitOfWork, thread: Thread) -> Content:
    """Return how the customer's conversation stands, in their language."""
    if thread.session_id is None:
        return uow.content_for_customer(thread, "customer_command.no_session")
    if thread.holder_id is not None:
        agent = thread.holder_name
        return uow.content_for_customer(thread, "customer_command.held", agent=agent)
    place = await find_place(uow, thread)
    return build_queue_notice(uow, thread, place, await find_estimate(uow, thread.channel_id))
