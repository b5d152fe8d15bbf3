"""Away notices: a customer who writes while the desk is closed is told so, once in a session."""

from datetime import timedelta

from db.queries.ai.sessions import read_last_sent_at
from db.queries.conversations.threads import Thread
from desk.actors import ActorKind
from desk.business_hours import Hours, find_next_opening, is_open
from desk.conversations.notices import is_already_sent
from desk.conversations.opening_words import describe_opening
from desk.unit_of_work import UnitOfWork

# An agent who wrote this short a time ago is there, whatever the clock says.
_TALKING = timedelta(minutes=15)


def away_key(thread: Thread) -> str:
    """Return the key of what says that the desk is closed: one of these in each session."""
    return f"away:{thread.session_id}"


async def send_away_notice(uow: UnitOfWork, thread: Thread) -> None:
    """Send the customer when the desk opens again, if it is closed and nobody talks to them.

    AI agents answer at night, too; they have hours of their own.
    """
    hours = uow.channel_of(thread).hours
    if hours is None or thread.session_id is None or thread.is_held_by_ai:
        return
    if is_open(hours, uow.now) or await is_already_sent(uow, away_key(thread)):
        return
    human = ActorKind.HUMAN.sender_type
    spoke_at = await read_last_sent_at(uow.tx, thread.session_id, human)
    if spoke_at is None or uow.now - spoke_at > _TALKING:
        _send(uow, thread, hours)


def _send(uow: UnitOfWork, thread: Thread, hours: Hours) -> None:
    opening, dedup_key = find_next_opening(hours, uow.now), away_key(thread)
    if opening is None:
        uow.notify_customer(thread, "customer.closed", dedup_key=dedup_key)
        return
    when = describe_opening(uow, thread, hours, opening)
    uow.notify_customer(thread, "customer.closed_until", dedup_key=dedup_key, opening=when)
