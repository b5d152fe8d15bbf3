"""The names of the reports; the command line lists them without importing the reports."""

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
