"""Means and percentiles of the times of sessions, of all of them or of groups."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, case, func, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from db.queries.reports.groups import Group
from db.queries.reports.scope import (
    ReportScope,
    is_in_scope,
    local_day,
    local_week,
    metrics,
    session_tags,
)


class Figure(StrEnum):
    """The times of a session that reports measure."""

    FIRST_ANSWER = "first_answer"
    FIRST_HUMAN = "first_human"
    FIRST_AI = "first_ai"
    NEXT_ANSWER = "next_answer"
    WAITING = "waiting"
    RESOLUTION = "resolution"


@dataclass(frozen=True, slots=True)
class _Source:
    """Where a figure stands: its seconds and business seconds, and when it is missing."""

    seconds: ColumnElement[float]
    business: ColumnElement[float]
    # The figure is missing: nobody answered (yet), or the session is open (or waits).
    is_missing: ColumnElement[bool]
    breached: ColumnElement[bool] | None = None


_HAS_ASKED = metrics.c.first_inbound_at.is_not(None)
_SOURCES = {
    Figure.FIRST_ANSWER: _Source(
        metrics.c.first_answer_seconds,
        metrics.c.first_answer_business_seconds,
        and_(_HAS_ASKED, metrics.c.first_answer_at.is_(None)),
        metrics.c.is_first_answer_breached,
    ),
    Figure.FIRST_HUMAN: _Source(
        metrics.c.first_human_seconds,
        metrics.c.first_human_business_seconds,
        and_(_HAS_ASKED, metrics.c.first_human_at.is_(None)),
    ),
    Figure.FIRST_AI: _Source(
        metrics.c.first_ai_seconds,
        metrics.c.first_ai_seconds,
        and_(_HAS_ASKED, metrics.c.first_ai_at.is_(None)),
    ),
    # The slowest of a session's later answers.
    Figure.NEXT_ANSWER: _Source(
        metrics.c.next_answer_seconds_max,
        metrics.c.next_answer_business_max,
        and_(metrics.c.first_answer_at.is_not(None), metrics.c.unanswered_since.is_not(None)),
        metrics.c.is_next_answer_breached,
    ),
    Figure.WAITING: _Source(
        metrics.c.waiting_seconds,
        metrics.c.waiting_business_seconds,
        metrics.c.first_held_at.is_(None),
    ),
    Figure.RESOLUTION: _Source(
        metrics.c.resolution_seconds,
        metrics.c.resolution_business_seconds,
        metrics.c.ended_at.is_(None),
        metrics.c.is_resolution_breached,
    ),
}


@dataclass(frozen=True, slots=True)
class Distribution:
    """A figure over some sessions, in seconds; None: there are none."""

    mean: float | None
    p50: float | None
    p90: float | None
    maximum: float | None


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of one group of sessions; `group`: an id, or the number of a day."""

    group: str | int | None
    sessions: int
    measured: int
    missing: int
    breached: int
    wall: Distribution
    business: Distribution


def find_missing(figure: Figure) -> ColumnElement[bool]:
    """Build the condition that a session lacks the figure."""
    return _SOURCES[figure].is_missing


def find_breached(figure: Figure) -> ColumnElement[bool]:
    """Build the condition that a session missed its target."""
    breached = _SOURCES[figure].breached
    return literal(False) if breached is None else breached.is_(True)


def find_measured(figure: Figure) -> ColumnElement[float]:
    """Return the column of the figure's seconds."""
    return _SOURCES[figure].seconds


async def measure(
    tx: AsyncSession, scope: ReportScope, figure: Figure, by: Group = Group.ALL
) -> list[Measure]:
    """Measure a figure for each group of sessions; for ALL there is exactly one."""
    source = _SOURCES[figure]
    key = get_group_key(tx, scope, by)
    counted = await tx.execute(
        select(
            key,
            func.count(),
            func.count(source.seconds),
            func.coalesce(func.sum(case((source.is_missing, 1), else_=0)), 0),
            func.coalesce(func.sum(case((find_breached(figure), 1), else_=0)), 0),
            func.avg(source.seconds),
            func.max(source.seconds),
            func.avg(source.business),
            func.max(source.business),
        )
        .select_from(join_group(by))
        .where(is_in_scope(scope))
        .group_by(*([] if by is Group.ALL else [key]))
        .order_by(*([] if by is Group.ALL else [key]))
    )
    rows = counted.all()
    numbers = {row[0]: int(row[2]) for row in rows}
    wall = await _find_percentiles(tx, scope, source.seconds, by, numbers)
    business = wall  # an AI agent answers at any hour
    if source.business is not source.seconds:
        business = await _find_percentiles(tx, scope, source.business, by, numbers)
    return [
        Measure(
            row[0] if by is not Group.ALL else None,
            sessions=row[1],
            measured=row[2],
            missing=int(row[3]),
            breached=int(row[4]),
            wall=Distribution(row[5], *wall.get(row[0], _NONE), row[6]),
            business=Distribution(row[7], *business.get(row[0], _NONE), row[8]),
        )
        for row in rows
    ]


_NONE = (None, None)
_Percentiles = dict[Any, tuple[float | None, float | None]]


def join_group(by: Group) -> FromClause:
    """Return the figures with what they are grouped by: a session with two tags comes twice."""
    if by is not Group.TAG:
        return metrics
    return metrics.outerjoin(session_tags, session_tags.c.session_id == metrics.c.session_id)


def get_group_key(tx: AsyncSession, scope: ReportScope, by: Group) -> ColumnElement[Any]:
    """Return what the sessions are grouped by."""
    match by:
        case Group.AGENT:
            return metrics.c.agent_id
        case Group.CHANNEL:
            return metrics.c.channel_id
        case Group.TAG:
            return session_tags.c.tag_id
        case Group.DAY:
            return local_day(tx, metrics.c.opened_at, scope).label("day")
        case Group.WEEK:
            return local_week(tx, metrics.c.opened_at, scope).label("week")
    return literal(0).label("everything")


def rank(percent: int, number: int) -> int:
    """Return the nearest rank of a percentile, from 1: so many values are not greater."""
    return max(1, -(-percent * number // 100))


async def find_percentiles(
    tx: AsyncSession, scope: ReportScope, figure: Figure
) -> tuple[float | None, float | None]:
    """Find p50 and p90 of a figure over all sessions of the scope, in seconds."""
    column = find_measured(figure)
    number = await tx.scalar(select(func.count(column)).where(is_in_scope(scope)))
    return await _find_two(tx, scope, column, number or 0)


async def _find_percentiles(
    tx: AsyncSession,
    scope: ReportScope,
    column: ColumnElement[float],
    by: Group,
    numbers: dict[Any, int],
) -> _Percentiles:
    if by is Group.ALL:
        return {key: await _find_two(tx, scope, column, number) for key, number in numbers.items()}
    key = get_group_key(tx, scope, by)
    # NULL is equal to nothing, so the group without a name is "" here.
    its = key if by in {Group.DAY, Group.WEEK} else func.coalesce(key, "")
    place = func.row_number().over(partition_by=key, order_by=column).label("place")
    ranked = (
        select(its.label("its"), column.label("value"), place)
        .select_from(join_group(by))
        .where(is_in_scope(scope), column.is_not(None))
        .subquery()
    )
    ranks = {group: (rank(50, each), rank(90, each)) for group, each in numbers.items() if each}
    if not ranks:
        return {}
    named = {"" if group is None else group: both for group, both in ranks.items()}
    places = [(name, each) for name, both in named.items() for each in both]
    wanted = select(ranked.c.its, ranked.c.place, ranked.c.value).where(
        tuple_(ranked.c.its, ranked.c.place).in_(places)
    )
    found = {(row[0], row[1]): row[2] for row in await tx.execute(wanted)}
    return {
        name or None: (found[name, first], found[name, second])
        for name, (first, second) in named.items()
    }


async def _find_two(
    tx: AsyncSession, scope: ReportScope, column: ColumnElement[float], number: int
) -> tuple[float | None, float | None]:
    if not number:
        return _NONE
    ordered = select(column).where(is_in_scope(scope), column.is_not(None)).order_by(column)
    found: list[float | None] = [
        await tx.scalar(ordered.limit(1).offset(rank(percent, number) - 1)) for percent in (50, 90)
    ]
    return found[0], found[1]
