"""Convert Meta's times."""

from datetime import UTC, datetime

_MAX_TIMESTAMP = 2**33  # in seconds: the year 2242


def to_datetime(timestamp: str | None) -> datetime | None:
    """Parse a time in seconds; return None if it is invalid or out of range."""
    try:
        seconds = float(timestamp or "")
    except ValueError:
        return None
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < _MAX_TIMESTAMP else None
