"""Words for times at which the desk opens or closes."""

from datetime import datetime, timedelta

from db.queries.conversations.threads import Thread
from desk.business_hours import WEEKDAYS, Hours
from desk.formatting.times import name_zone
from desk.unit_of_work import UnitOfWork

_WEEK = timedelta(days=7)


def describe_opening(uow: UnitOfWork, thread: Thread, hours: Hours, at: datetime) -> str:
    """Return when the desk opens, as a customer says it: tomorrow, on Monday, or a date."""
    time = format_time(hours, at)
    day, today = at.astimezone(hours.zone).date(), uow.now.astimezone(hours.zone).date()
    if day == today:
        return uow.text_for_customer(thread, "when.today", time=time)
    if day == today + timedelta(days=1):
        return uow.text_for_customer(thread, "when.tomorrow", time=time)
    if day < today + _WEEK:
        return uow.text_for_customer(thread, f"when.{WEEKDAYS[day.weekday()]}", time=time)
    return uow.text_for_customer(thread, "when.later", date=day.isoformat(), time=time)


def format_time(hours: Hours, at: datetime) -> str:
    """Format a time with its zone, because the customer may be in another one."""
    wall = at.astimezone(hours.zone)
    return f"{wall:%H:%M} ({name_zone(wall)})"
