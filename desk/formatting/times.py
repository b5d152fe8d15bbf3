"""Write times as staff reads them: in the desk's time zone, with its name."""

from collections.abc import Mapping
from datetime import datetime, tzinfo


def format_time(at: datetime, zone: tzinfo) -> str:
    """Format a time with its zone, because agents may be in several."""
    wall = at.astimezone(zone)
    return f"{wall:%Y-%m-%d %H:%M} {name_zone(wall)}"


def show_values(values: Mapping[str, object], zone: tzinfo) -> dict[str, object]:
    """Return the values of a text as staff reads them: times are written out, others stay."""
    return {
        name: format_time(value, zone) if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def format_clock(at: datetime, zone: tzinfo) -> str:
    """Format a time of today with its zone."""
    wall = at.astimezone(zone)
    return f"{wall:%H:%M} {name_zone(wall)}"


def name_zone(wall: datetime) -> str:
    """Return the short name of a time's zone, or its distance from UTC."""
    # Many zones have no abbreviation of letters; their name is "+07".
    name = wall.tzname() or ""
    return name if name.isalpha() else f"UTC{name}"
