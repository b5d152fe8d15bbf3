"""What customers think: how often each rating was given, and their words."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.ids import AgentId, SessionId
from db.queries.reports.scope import ReportScope, is_in_scope, metrics


@dataclass(frozen=True, slots=True)
class Comment:
    """A rating with words."""

    session_id: SessionId
    agent_id: AgentId | None
    rating: int
    comment: str
    rated_at: datetime


async def count_ratings(tx: AsyncSession, scope: ReportScope) -> dict[int, int]:
    """Count how often each rating was given to sessions of the scope."""
    rows = await tx.execute(
        select(metrics.c.rating, func.count())
        .where(is_in_scope(scope), metrics.c.rating.is_not(None))
        .group_by(metrics.c.rating)
    )
    return {row[0]: row[1] for row in rows}


async def list_comments(tx: AsyncSession, scope: ReportScope, most: int) -> list[Comment]:
    """List the newest comments on sessions of the scope."""
    rows = await tx.execute(
        select(
            metrics.c.session_id,
            metrics.c.agent_id,
            metrics.c.rating,
            metrics.c.rating_comment,
            metrics.c.rated_at,
        )
        .where(is_in_scope(scope), metrics.c.rating_comment.is_not(None))
        .order_by(metrics.c.opened_at.desc(), metrics.c.session_id.desc())
        .limit(most)
    )
    return [Comment(*row) for row in rows]
