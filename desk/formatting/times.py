"""Write times as staff reads them: in the desk's time zone, with its name."""

from datetime import datetime, tzinfo


def format_time(at: datetime, zone: tzinfo) -> str:
    """Format a time with its zone, because agents may be in several."""
    wall = at.astimezone(zone)
    return f"{wall:%Y-%m-%d %H:%M} {name_zone(wall)}"


def format_clock(at: datetime, zone: tzinfo) -> str:
    """Format a time of today with its zone."""
    wall = at.astimezone(zone)
    return f"{wall:%H:%M} {name_zone(wall)}"


def name_zone(wall: datetime) -> str:
    """Return the short name of a time's zone, or its distance from UTC."""
    # Many zones have no abbreviation of letters; their name is "+07".
    name = wall.tzname() or ""
    return name if name.isalpha() else f"UTC{name}"
