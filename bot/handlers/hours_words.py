"""Words for the hours of a week, of a channel or of an agent."""

from collections.abc import Sequence
from typing import Any

from desk.business_hours import WEEKDAYS, Hours
from desk.unit_of_work import UnitOfWork

# What an order consists of that removes all hours.
REMOVE = {"remove", "hapus"}
# The API shows all of them.
_MOST_HOLIDAYS = 20


def describe_week(uow: UnitOfWork, kept: dict[str, Any], hours: Hours) -> list[str]:
    """Return a line for each weekday and for each holiday to come."""
    lines = [
        f"{uow.text_for_staff(f'hours.{day}')}: {_format_spans(uow, kept['week'].get(day, []))}"
        for day in WEEKDAYS
    ]
    today = uow.now.astimezone(hours.zone).date().isoformat()
    coming = [each for each in kept.get("holidays", []) if each["date"] >= today]
    for each in coming[:_MOST_HOLIDAYS]:
        name = f" ({each['name']})" if each.get("name") else ""
        lines.append(f"{each['date']}{name}: {_format_spans(uow, each.get('open', []))}")
    return lines


def _format_spans(uow: UnitOfWork, spans: Sequence[dict[str, Any]]) -> str:
    if not spans:
        return uow.text_for_staff("hours.closed")
    return ", ".join(f"{each['opens']}-{each['closes']}" for each in spans)
