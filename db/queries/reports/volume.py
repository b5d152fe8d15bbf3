"""How much there is to do, by hour and weekday, and for each agent or channel."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.queries.reports.groups import Group
from db.queries.reports.measures import (
    Figure,
    find_breached,
    find_missing,
    get_group_key,
    join_group,
)
from db.queries.reports.scope import (
    ReportScope,
    hour_of_week,
    is_in_scope,
    list_narrowing,
    metrics,
)
from db.tables import Direction, Message

messages = get_table(Message)


@dataclass(frozen=True, slots=True)
class Workload:
    """What happened in the sessions of a group."""

    group: str | int | None
    sessions: int
    inbound: int
    human: int
    ai: int
    rule: int
    handovers: int
    reopenings: int
    # The customer wrote, and neither a human nor an AI agent answered.
    unanswered: int
    # Not ended, or not ended again.
    unresolved: int
    unheld: int
    breached_first_answers: int
    breached_resolutions: int
    # The mean of the ratings, and how many there are.
    rating: float | None
    ratings: int


async def count_by_hour(tx: AsyncSession, scope: ReportScope) -> dict[int, int]:
    """Count the sessions that were opened in each hour of the week."""
    hour = hour_of_week(tx, metrics.c.opened_at, scope).label("hour")
    rows = await tx.execute(select(hour, func.count()).where(is_in_scope(scope)).group_by(hour))
    return {int(row[0]): row[1] for row in rows}


async def count_messages_by_hour(tx: AsyncSession, scope: ReportScope) -> dict[int, int]:
    """Count what customers wrote in each hour of the week, in whatever session."""
    written = messages.c.created_at
    hour = hour_of_week(tx, written, scope).label("hour")
    statement = select(hour, func.count()).where(
        messages.c.direction == Direction.INBOUND,
        written >= scope.begin,
        written < scope.end,
        messages.c.session_id.is_not(None),
    )
    if narrowing := list_narrowing(scope):
        its_session = metrics.c.session_id == messages.c.session_id
        statement = statement.join(metrics, its_session).where(*narrowing)
    return {int(row[0]): row[1] for row in await tx.execute(statement.group_by(hour))}


async def count_workload(
    tx: AsyncSession, scope: ReportScope, by: Group = Group.ALL
) -> list[Workload]:
    """Count what happened in the sessions of each group; for ALL there is exactly one."""
    key = get_group_key(tx, scope, by)
    conditions = (
        find_missing(Figure.FIRST_ANSWER),
        find_missing(Figure.RESOLUTION),
        find_missing(Figure.WAITING),
        find_breached(Figure.FIRST_ANSWER),
        find_breached(Figure.RESOLUTION),
    )
    columns = (
        key,
        func.count(),
        *(
            _total(each)
            for each in (
                metrics.c.inbound_count,
                metrics.c.human_count,
                metrics.c.ai_count,
                metrics.c.rule_count,
                metrics.c.handover_count,
                metrics.c.reopen_count,
                *(case((each, 1), else_=0) for each in conditions),
            )
        ),
        func.sum(metrics.c.rating),
        func.count(metrics.c.rating),
    )
    statement = select(*columns).select_from(join_group(by)).where(is_in_scope(scope))
    if by is not Group.ALL:
        statement = statement.group_by(key).order_by(key)
    return [Workload(*_to_values(by, tuple(row))) for row in await tx.execute(statement)]


def _to_values(by: Group, row: tuple[Any, ...]) -> tuple[Any, ...]:
    group, *counts, total, ratings = row
    # Not AVG: MariaDB rounds the mean of whole numbers.
    mean = int(total) / ratings if ratings else None
    return (group if by is not Group.ALL else None, *map(int, counts), mean, ratings)


def _total(column: ColumnElement[Any]) -> ColumnElement[int]:
    return func.coalesce(func.sum(column), 0)
