"""What a report covers: sessions that were opened in a period, of a channel, an agent or a tag."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Integer, and_, case, exists, literal
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import epoch_seconds, get_table
from db.ids import AgentId, ChannelId, TagId
from db.tables import ConversationMetrics, SessionTag

metrics = get_table(ConversationMetrics)
session_tags = get_table(SessionTag)
_wanted_tag = session_tags.alias("wanted_tag")

HOUR, DAY, HOURS_OF_WEEK = 3600, 24 * 3600, 7 * 24
# The first day of 1970 was a Thursday; weeks begin on Monday.
_DAYS_BEFORE_1970 = 3
_HOURS_BEFORE_1970 = _DAYS_BEFORE_1970 * 24
_DAYS_OF_WEEK = 7


@dataclass(frozen=True, slots=True)
class Offset:
    """How far the local clock is ahead of UTC, from a moment on."""

    since: datetime
    seconds: int


@dataclass(frozen=True, slots=True)
class ReportScope:
    """Which sessions a report covers; `offsets` make local time of UTC, the first one first."""

    begin: datetime
    end: datetime
    offsets: Sequence[Offset]
    channel_id: ChannelId | None = None
    # Who holds the session, or held it to its end.
    agent_id: AgentId | None = None
    tag_id: TagId | None = None


def is_in_scope(scope: ReportScope) -> ColumnElement[bool]:
    """Build the condition that a session is covered."""
    opened = metrics.c.opened_at
    return and_(opened >= scope.begin, opened < scope.end, *list_narrowing(scope))


def list_narrowing(scope: ReportScope) -> list[ColumnElement[bool]]:
    """List the conditions on sessions besides their time: channel, agent, tag."""
    wanted: list[ColumnElement[bool]] = []
    if scope.channel_id is not None:
        wanted.append(metrics.c.channel_id == scope.channel_id)
    if scope.agent_id is not None:
        wanted.append(metrics.c.agent_id == scope.agent_id)
    if scope.tag_id is not None:
        of_session = _wanted_tag.c.session_id == metrics.c.session_id
        wanted.append(exists().where(of_session, _wanted_tag.c.tag_id == scope.tag_id))
    return wanted


def local_day(
    tx: AsyncSession, column: ColumnElement[datetime], scope: ReportScope
) -> ColumnElement[int]:
    """Build the number of the local day, counted from the first of January 1970."""
    return _local_seconds(tx, column, scope) // DAY


def local_week(
    tx: AsyncSession, column: ColumnElement[datetime], scope: ReportScope
) -> ColumnElement[int]:
    """Build the number of the Monday on which the local week begins."""
    day = local_day(tx, column, scope)
    return day - (day + _DAYS_BEFORE_1970) % _DAYS_OF_WEEK


def hour_of_week(
    tx: AsyncSession, column: ColumnElement[datetime], scope: ReportScope
) -> ColumnElement[int]:
    """Build the local hour of the week, from 0 (Monday from midnight) to 167."""
    hours = _local_seconds(tx, column, scope) // HOUR
    return (hours + _HOURS_BEFORE_1970) % HOURS_OF_WEEK


def _local_seconds(
    tx: AsyncSession, column: ColumnElement[datetime], scope: ReportScope
) -> ColumnElement[int]:
    first, *later = scope.offsets
    ahead: ColumnElement[int] = literal(first.seconds, Integer)
    if later:
        changes = [(column >= each.since, each.seconds) for each in reversed(later)]
        ahead = case(*changes, else_=first.seconds)
    return epoch_seconds(tx, column) + ahead
