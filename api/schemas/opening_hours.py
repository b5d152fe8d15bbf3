"""Schemas of opening hours of channels, and of working hours of agents."""

from datetime import date
from typing import Annotated

from pydantic import Field

from api.schemas.base import Line, RequestBody

_TIME = r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"
_MAX_SPANS = 12
_MAX_HOLIDAYS = 400

Day = date
Time = Annotated[str, Field(pattern=_TIME, max_length=5, examples=["09:00"])]


class Span(RequestBody):
    """A span of opening hours in local time; 24:00 is the end of the day."""

    opens: Time
    closes: Time


Spans = Annotated[
    list[Span], Field(max_length=_MAX_SPANS, description="in order of time; empty: closed")
]


class Week(RequestBody):
    """The opening hours of each weekday."""

    monday: Spans = Field(default=[])
    tuesday: Spans = Field(default=[])
    wednesday: Spans = Field(default=[])
    thursday: Spans = Field(default=[])
    friday: Spans = Field(default=[])
    saturday: Spans = Field(default=[])
    sunday: Spans = Field(default=[])


class Holiday(RequestBody):
    """A date with its own opening hours."""

    date: Day
    name: Annotated[Line, Field(max_length=120)] | None = None
    open: Spans = Field(default=[])


class OpeningHours(RequestBody):
    """The hours in which a channel is open, or an agent works."""

    time_zone: Annotated[str, Field(min_length=1, max_length=64, examples=["Asia/Jakarta"])]
    week: Week
    holidays: Annotated[list[Holiday], Field(max_length=_MAX_HOLIDAYS)] = Field(default=[])
