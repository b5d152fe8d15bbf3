"""Queue notices: tell a waiting customer their place, and when the desk is open."""

from db.queries.conversations import sessions
from db.queries.conversations.threads import Thread
from desk.business_hours import (
    find_next_closing,
    find_next_opening,
    is_open,
)
from desk.content import Content
from desk.conversations.away_notices import away_key
from desk.conversations.opening_words import describe_opening, format_time
from desk.unit_of_work import UnitOfWork


async def send_queue_notice(uow: UnitOfWork, thread: Thread) -> None:
    """Send a waiting customer their place in the queue, and the opening hours."""
    place, hours = await sessions.count_waiting(uow.tx), uow.channel_of(thread).hours
    is_closed = hours is not None and not is_open(hours, uow.now)
    # It says that the desk is closed, so nothing else has to.
    dedup_key = away_key(thread) if is_closed else None
    notice = build_queue_notice(uow, thread, place)
    uow.enqueue_customer_notice(thread, notice, dedup_key=dedup_key)


def build_queue_notice(uow: UnitOfWork, thread: Thread, place: int) -> Content:
    """Return the queue notice in the customer's language; times are in the desk's time zone."""
    hours = uow.channel_of(thread).hours
    if hours is None:
        return uow.content_for_customer(thread, "customer.waiting", place=place)
    if is_open(hours, uow.now):
        closing = find_next_closing(hours, uow.now)
        if closing is None:
            return uow.content_for_customer(thread, "customer.waiting", place=place)
        until = format_time(hours, closing)
        return uow.content_for_customer(thread, "customer.waiting_open", place=place, closing=until)
    opening = find_next_opening(hours, uow.now)
    if opening is None:
        return uow.content_for_customer(thread, "customer.waiting_closed", place=place)
    when = describe_opening(uow, thread, hours, opening)
    return uow.content_for_customer(thread, "customer.waiting_until", place=place, opening=when)
