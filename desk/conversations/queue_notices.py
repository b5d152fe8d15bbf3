"""Queue notices: tell a waiting customer their place, and when the desk is open."""

from datetime import datetime, timedelta

from db.queries.conversations import sessions
from db.queries.conversations.threads import Thread
from desk.business_hours import (
    WEEKDAYS,
    Hours,
    find_next_closing,
    find_next_opening,
    is_open,
)
from desk.content import Content
from desk.unit_of_work import UnitOfWork

_WEEK = timedelta(days=7)


async def send_queue_notice(uow: UnitOfWork, thread: Thread) -> None:
    """Send a waiting customer their place in the queue, and the opening hours."""
    place = await sessions.count_waiting(uow.tx)
    uow.enqueue_customer_notice(thread, build_queue_notice(uow, thread, place))


def build_queue_notice(uow: UnitOfWork, thread: Thread, place: int) -> Content:
    """Return the queue notice in the customer's language; times are in the desk's time zone."""
    hours = uow.channel_of(thread).hours
    if hours is None:
        return uow.content_for_customer(thread, "customer.waiting", place=place)
    if is_open(hours, uow.now):
        closing = find_next_closing(hours, uow.now)
        if closing is None:
            return uow.content_for_customer(thread, "customer.waiting", place=place)
        until = _format_time(hours, closing)
        return uow.content_for_customer(thread, "customer.waiting_open", place=place, closing=until)
    opening = find_next_opening(hours, uow.now)
    if opening is None:
        return uow.content_for_customer(thread, "customer.waiting_closed", place=place)
    when = _format_day(uow, thread, hours, opening)
    return uow.content_for_customer(thread, "customer.waiting_until", place=place, opening=when)


def _format_day(uow: UnitOfWork, thread: Thread, hours: Hours, at: datetime) -> str:
    """Format a time relative to today: today, tomorrow, a weekday, or a date."""
    time = _format_time(hours, at)
    day, today = at.astimezone(hours.zone).date(), uow.now.astimezone(hours.zone).date()
    if day == today:
        return uow.text_for_customer(thread, "when.today", time=time)
    if day == today + timedelta(days=1):
        return uow.text_for_customer(thread, "when.tomorrow", time=time)
    if day < today + _WEEK:
        return uow.text_for_customer(thread, f"when.{WEEKDAYS[day.weekday()]}", time=time)
    return uow.text_for_customer(thread, "when.later", date=day.isoformat(), time=time)


def _format_time(hours: Hours, at: datetime) -> str:
    """Format a time with its zone, because the customer may be in another one."""
    wall = at.astimezone(hours.zone)
    name = wall.tzname() or ""
    # Many zones have no abbreviation of letters; their name is "+07".
    return f"{wall:%H:%M} ({name if name.isalpha() else 'UTC' + name})"
