"""When the summary is due, and which days it is about: pure, in the desk's time zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from desk.reports.periods import Period

_DAY = timedelta(days=1)
_WEEK = 7


class Rhythm(StrEnum):
    """How often the staff group gets a summary."""

    DAILY = "daily"
    WEEKLY = "weekly"

    @property
    def days(self) -> int:
        """Return of how many days a summary is."""
        return 1 if self is Rhythm.DAILY else _WEEK


@dataclass(frozen=True, slots=True)
class SummarySchedule:
    """Every day at this hour, or every Monday."""

    rhythm: Rhythm
    hour: int
    zone: ZoneInfo

    def find_latest(self, now: datetime) -> datetime:
        """Return when the latest summary was due, now at the latest."""
        day = self._get_day(now)
        while (due := self._get_due(day)) > now:
            day -= self.rhythm.days * _DAY
        return due

    def find_next(self, now: datetime) -> datetime:
        """Return when the next summary is due, later than now."""
        day = self._get_day(now)
        while (due := self._get_due(day)) <= now:
            day += self.rhythm.days * _DAY
        return due

    def find_period(self, due: datetime) -> Period:
        """Return the days that a summary is about: those before the day on which it is due."""
        day = due.astimezone(self.zone).date()
        return Period(day - self.rhythm.days * _DAY, day - _DAY, self.zone)

    def _get_day(self, now: datetime) -> date:
        """Return today, or the Monday of this week."""
        today = now.astimezone(self.zone).date()
        return today - (today.weekday() * _DAY if self.rhythm is Rhythm.WEEKLY else 0 * _DAY)

    def _get_due(self, day: date) -> datetime:
        return datetime.combine(day, time(self.hour), self.zone).astimezone(UTC)
