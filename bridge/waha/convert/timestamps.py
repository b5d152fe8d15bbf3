"""Convert WAHA's times."""

from datetime import UTC, datetime

# Unix milliseconds since 1973 are larger than Unix seconds of the year 5000.
_MILLISECONDS = 100_000_000_000


def to_datetime(timestamp: float | None) -> datetime | None:
    """Convert WAHA's time, in Unix seconds or milliseconds; return None if it is invalid."""
    if timestamp is None or timestamp <= 0:
        return None
    seconds = timestamp / 1000 if timestamp > _MILLISECONDS else timestamp
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None
