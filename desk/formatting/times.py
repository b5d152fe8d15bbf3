"""Format times for staff."""

from datetime import datetime, tzinfo


def format_time(at: datetime, zone: tzinfo) -> str:
    """Format a time with its zone, because agents may be in several."""
    wall = at.astimezone(zone)
    name = wall.tzname() or ""
    return f"{wall:%Y-%m-%d %H:%M} {name if name.isalpha() else 'UTC' + name}"
