"""Introduce agents to customers, where their channel wants it."""

from db.queries.conversations.threads import Thread
from desk.messages import window
from desk.unit_of_work import UnitOfWork


def tell_who_answers(uow: UnitOfWork, thread: Thread, *, has_just_written: bool = False) -> None:
    """Send the customer the name of the human agent who has their session now, if wanted.

    Does nothing while the reply window is closed, unless the customer opens it
    (`has_just_written`). AI agents introduce themselves with their first answer.
    """
    channel = uow.channel_of(thread)
    if not channel.tells_who_answers or thread.holder_id is None or thread.is_held_by_ai:
        return
    if has_just_written or window.is_open(thread, channel, uow.now):
        uow.notify_customer(thread, "customer.assigned", agent=thread.holder_name)
