"""The periods of reports: whole days of the desk's time zone, as moments of UTC."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from db.ids import AgentId, ChannelId, TagId
from db.queries.reports.scope import Offset, ReportScope
from desk.business_hours import find_clock_changes
from desk.reports.names import NamedPeriod

_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
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
    # The first and the last day to compare with, where these are not as many days just before.
    earlier: tuple[date, date] | None = None

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
        """Return the period to compare with: as many days just before, or its own earlier days."""
        first, last = self.earlier or (self.first - self.days * _DAY, self.first - _DAY)
        return Period(first, last, self.zone)


def choose_period(
    now: datetime,
    zone: ZoneInfo,
    first: date | None = None,
    last: date | None = None,
    *,
    name: NamedPeriod | None = None,
) -> Period:
    """Return the period of these days or of a name; by default it ends today and has 30 days.

    Raises InvalidPeriodError.
    """
    today = now.astimezone(zone).date()
    if name is not None:
        if first or last:
            raise InvalidPeriodError("give a period or its days, not both")
        return _name_period(today, zone, name)
    if last is None:
        last = today if first is None else max(first, today)
    if first is None:
        first = last - (_DEFAULT_DAYS - 1) * _DAY
    if first > last:
        raise InvalidPeriodError("the first day is after the last one")
    if (last - first).days >= MAX_DAYS:
        raise InvalidPeriodError(f"a report covers at most {MAX_DAYS} days")
    return Period(first, last, zone)


def _name_period(today: date, zone: ZoneInfo, name: NamedPeriod) -> Period:
    """Return the period of this name.

    A week or month that goes on is compared with the same days of the one before.
    """
    monday, month = today - today.weekday() * _DAY, today.replace(day=1)
    month_before = (month - _DAY).replace(day=1)
    match name:
        case NamedPeriod.TODAY:
            return Period(today, today, zone)
        case NamedPeriod.YESTERDAY:
            return Period(today - _DAY, today - _DAY, zone)
        case NamedPeriod.THIS_WEEK:
            return Period(monday, today, zone, (monday - _WEEK, today - _WEEK))
        case NamedPeriod.LAST_WEEK:
            return Period(monday - _WEEK, monday - _DAY, zone)
        case NamedPeriod.THIS_MONTH:
            # The month before may be shorter.
            same_day = min(month_before + (today - month), month - _DAY)
            return Period(month, today, zone, (month_before, same_day))
        case NamedPeriod.LAST_MONTH:
            last = month_before - _DAY
            return Period(month_before, month - _DAY, zone, (last.replace(day=1), last))


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
