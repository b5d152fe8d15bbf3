"""Introduce agents to customers, where their channel wants it."""

from db.queries.conversations.threads import Thread
from desk.unit_of_work import UnitOfWork


def tell_who_answers(uow: UnitOfWork, thread: Thread) -> bool:
    """Send the customer the name of the human agent who has their session now, if wanted.

    AI agents introduce themselves with their first answer. While the reply window is closed, the
    courier drops the notice. A channel that is not in service now stays silent.
    """
    if thread.holder_id is None or thread.is_held_by_ai or thread.channel_id not in uow.channels:
        return False
    if not uow.channel_of(thread).tells_who_answers:
        return False
    uow.notify_customer(thread, "customer.assigned", agent=thread.holder_name)
    return True
