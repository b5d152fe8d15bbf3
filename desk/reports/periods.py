"""The periods of reports: whole days of the desk's time zone, as moments of UTC."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from db.ids import AgentId, ChannelId, TagId
from db.queries.reports.scope import Offset, ReportScope
from desk.business_hours import find_clock_changes

_DAY = timedelta(days=1)
_EPOCH = date(1970, 1, 1)
_DEFAULT_DAYS = 30
MAX_DAYS = 3660


class InvalidPeriodError(ValueError):
    """Days that no report can cover; the text says why."""


@dataclass(frozen=True, slots=True)
class DeskZone:
    """The time zone in which the desk counts days and hours."""

    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days in a time zone, the first and the last one included."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def begin(self) -> datetime:
        return _find_midnight(self.first, self.zone)

    @property
    def end(self) -> datetime:
        return _find_midnight(self.last + _DAY, self.zone)

    def before(self) -> "Period":
        """Return the period of as many days that ended when this one began."""
        return Period(self.first - self.days * _DAY, self.first - _DAY, self.zone)


def choose_period(
    now: datetime, zone: ZoneInfo, first: date | None = None, last: date | None = None
) -> Period:
    """Return the period of these days; by default it ends today and has 30 days.

    Raises InvalidPeriodError.
    """
    today = now.astimezone(zone).date()
    if last is None:
        last = today if first is None else max(first, today)
    if first is None:
        first = last - (_DEFAULT_DAYS - 1) * _DAY
    if first > last:
        raise InvalidPeriodError("the first day is after the last one")
    if (last - first).days >= MAX_DAYS:
        raise InvalidPeriodError(f"a report covers at most {MAX_DAYS} days")
    return Period(first, last, zone)


def build_scope(
    period: Period,
    *,
    channel_id: ChannelId | None = None,
    agent_id: AgentId | None = None,
    tag_id: TagId | None = None,
) -> ReportScope:
    """Build the scope of a report over a period."""
    begin, end = period.begin, period.end
    moments = [begin, *find_clock_changes(period.zone, begin, end)]
    offsets = [
        Offset(each, int((each.astimezone(period.zone).utcoffset() or timedelta()).total_seconds()))
        for each in moments
    ]
    return ReportScope(begin, end, offsets, channel_id, agent_id, tag_id)


def to_date(day: int) -> date:
    """Return the day of a number that counts from the first of January 1970."""
    return _EPOCH + timedelta(days=day)


def _find_midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return when a local day begins, in UTC: after the gap, where the clock skips midnight."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
