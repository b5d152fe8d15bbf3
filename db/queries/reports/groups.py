"""What sessions of a report are grouped by."""

from enum import StrEnum


class Group(StrEnum):
    """What sessions are grouped by."""

    ALL = "all"
    AGENT = "agent"
    CHANNEL = "channel"
    TAG = "tag"
    DAY = "day"
    WEEK = "week"
