"""The names of reports and periods; the command line lists them without importing the reports."""

from enum import StrEnum


class ReportName(StrEnum):
    """The reports."""

    VOLUME = "volume"
    WORKLOAD = "workload"
    FIRST_ANSWER = "first_answer"
    FIRST_HUMAN = "first_human"
    FIRST_AI = "first_ai"
    NEXT_ANSWER = "next_answer"
    WAITING = "waiting"
    RESOLUTION = "resolution"
    AI = "ai"
    RATINGS = "ratings"
    COMMENTS = "comments"
    COMPARISON = "comparison"


class NamedPeriod(StrEnum):
    """The periods that have a name: whole days up to today. A week begins on Monday."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    THIS_WEEK = "this_week"
    LAST_WEEK = "last_week"
    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
