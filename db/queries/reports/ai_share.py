"""How much AI agents do: what they answered alone, handed over, and got wrong."""

from dataclasses import dataclass

from sqlalchemy import and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.queries.reports.scope import ReportScope, is_in_scope, metrics
from db.tables import AiAction, AiConversationLog, AiMode

logs = get_table(AiConversationLog)
# What has words for the customer.
SAID = (AiAction.ANSWER, AiAction.CLARIFY, AiAction.OFFER)


@dataclass(frozen=True, slots=True)
class AiShare:
    """The sessions in which the customer wrote, by who answered them."""

    asked: int
    by_ai_alone: int
    by_both: int
    by_human_alone: int
    unanswered: int


@dataclass(frozen=True, slots=True)
class AiActions:
    """What AI agents did with the questions of these sessions."""

    # Of those that acted by themselves.
    actions: dict[AiAction, int]
    # Drafts that they showed to a human.
    suggested: int
    wrong: int
    handover_reasons: dict[str, int]


async def count_ai_share(tx: AsyncSession, scope: ReportScope) -> AiShare:
    """Count by whom the sessions of the scope were answered."""
    has_ai, has_human = metrics.c.first_ai_at.is_not(None), metrics.c.first_human_at.is_not(None)
    conditions = (
        and_(has_ai, ~has_human),
        and_(has_ai, has_human),
        and_(~has_ai, has_human),
        and_(~has_ai, ~has_human),
    )
    sums = (func.coalesce(func.sum(case((each, 1), else_=0)), 0) for each in conditions)
    found = await tx.execute(
        select(func.count(), *sums).where(
            is_in_scope(scope), metrics.c.first_inbound_at.is_not(None)
        )
    )
    return AiShare(*map(int, found.one()))


async def count_ai_actions(tx: AsyncSession, scope: ReportScope) -> AiActions:
    """Count what AI agents did in sessions of the scope, and why they handed over."""
    of_these = logs.c.session_id == metrics.c.session_id
    wrong = func.sum(case((logs.c.judged_wrong.is_(True), 1), else_=0))
    rows = await tx.execute(
        select(logs.c.mode, logs.c.action, func.count(), wrong)
        .join(metrics, of_these)
        .where(is_in_scope(scope))
        .group_by(logs.c.mode, logs.c.action)
    )
    counted = rows.all()
    reasons = await tx.execute(
        select(func.coalesce(logs.c.handover_reason, ""), func.count())
        .join(metrics, of_these)
        .where(is_in_scope(scope), logs.c.handover_triggered.is_(True))
        .group_by(func.coalesce(logs.c.handover_reason, ""))
    )
    return AiActions(
        {row.action: row[2] for row in counted if row.mode is AiMode.AUTOMATIC},
        sum(row[2] for row in counted if row.mode is AiMode.SUGGEST and row.action in SAID),
        sum(int(row[3]) for row in counted),
        {row[0]: row[1] for row in reasons},
    )
