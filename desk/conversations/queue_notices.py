"""What a customer is told whom nobody can answer yet: their place, and when there is somebody."""

from datetime import datetime, timedelta

from db.queries.conversations import sessions
from db.queries.conversations.threads import Thread
from db.tables import OutboxKind
from desk.business_hours import WEEKDAYS, Hours, is_open, next_closing, next_opening
from desk.content import Content
from desk.unit_of_work import Desk

_WEEK = timedelta(days=7)


async def tell_waiting(desk: Desk, thread: Thread) -> None:
    """Tell a customer whose session waits their place in the queue, and the opening hours."""
    place = await sessions.count_waiting(desk.tx)
    text = waiting_text(desk, thread, place)
    desk.to_customer(thread, OutboxKind.NOTICE, {"content": Content(text=text).to_json()})


def waiting_text(desk: Desk, thread: Thread, place: int) -> str:
    """Say how long it may be, in the customer's language and by the clock of the desk."""
    hours = desk.channel_of(thread).hours
    if hours is None:
        return desk.for_customer(thread, "customer.waiting", place=place)
    if is_open(hours, desk.now):
        closing = next_closing(hours, desk.now)
        if closing is None:
            return desk.for_customer(thread, "customer.waiting", place=place)
        until = _time(hours, closing)
        return desk.for_customer(thread, "customer.waiting_open", place=place, closing=until)
    opening = next_opening(hours, desk.now)
    if opening is None:
        return desk.for_customer(thread, "customer.waiting_closed", place=place)
    when = _when(desk, thread, hours, opening)
    return desk.for_customer(thread, "customer.waiting_until", place=place, opening=when)


def _when(desk: Desk, thread: Thread, hours: Hours, at: datetime) -> str:
    """Name a time as people do: today, tomorrow, on Monday, on a date."""
    time = _time(hours, at)
    day, today = at.astimezone(hours.zone).date(), desk.now.astimezone(hours.zone).date()
    if day == today:
        return desk.for_customer(thread, "when.today", time=time)
    if day == today + timedelta(days=1):
        return desk.for_customer(thread, "when.tomorrow", time=time)
    if day < today + _WEEK:
        return desk.for_customer(thread, f"when.{WEEKDAYS[day.weekday()]}", time=time)
    return desk.for_customer(thread, "when.later", date=day.isoformat(), time=time)


def _time(hours: Hours, at: datetime) -> str:
    """Write a time with its zone: a customer may be in another one."""
    wall = at.astimezone(hours.zone)
    name = wall.tzname() or ""
    # Many zones have no letters of their own: "+07".
    return f"{wall:%H:%M} ({name if name.isalpha() else 'UTC' + name})"
