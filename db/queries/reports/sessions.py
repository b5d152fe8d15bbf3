"""The sessions behind a figure, with their own figures: where every report leads to."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import SessionId
from db.queries.lists.keyset import PageStart, paginate
from db.queries.reports.ai_share import SAID
from db.queries.reports.measures import Figure, find_breached, find_measured, find_missing
from db.queries.reports.scope import (
    ReportScope,
    hour_of_week,
    is_in_scope,
    metrics,
    session_tags,
)
from db.tables import AiAction, AiConversationLog, AiMode, ConversationMetrics

logs = get_table(AiConversationLog)


class Selection(StrEnum):
    """Which sessions of a figure: those that have it, lack it, or missed its target."""

    MEASURED = "measured"
    MISSING = "missing"
    BREACHED = "breached"


class AnsweredBy(StrEnum):
    """By whom a session was answered."""

    AI_ALONE = "ai_alone"
    BOTH = "both"
    HUMAN_ALONE = "human_alone"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class SessionChoice:
    """Which sessions of a report's scope to list."""

    figure: Figure | None = None
    selection: Selection = Selection.MEASURED
    answered_by: AnsweredBy | None = None
    rating: int | None = None
    hour_of_week: int | None = None
    # Nobody ever held the session.
    is_unheld: bool = False
    # It has no tag.
    is_untagged: bool = False
    # What an AI agent did in it, why it handed it over, whether it was wrong.
    ai_action: AiAction | None = None
    handover_reason: str | None = None
    is_ai_wrong: bool = False
    is_ai_suggested: bool = False
    # This one.
    session_id: SessionId | None = None


async def list_sessions_of_figure(
    tx: AsyncSession,
    scope: ReportScope,
    choice: SessionChoice,
    *,
    start: PageStart | None,
    limit: int,
) -> Sequence[ConversationMetrics]:
    """Read a page of the sessions that a figure counts and one more, newest first."""
    statement: Select[Any] = select(ConversationMetrics).where(
        is_in_scope(scope), *_list_conditions(tx, scope, choice)
    )
    paged = paginate(statement, metrics.c.opened_at, metrics.c.session_id, start=start, limit=limit)
    return (await tx.scalars(paged)).all()


def _list_conditions(
    tx: AsyncSession, scope: ReportScope, choice: SessionChoice
) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if choice.figure is not None:
        found.append(_choose(choice.figure, choice.selection))
    if choice.answered_by is not None:
        has_ai = metrics.c.first_ai_at.is_not(None)
        has_human = metrics.c.first_human_at.is_not(None)
        by_ai = choice.answered_by in {AnsweredBy.AI_ALONE, AnsweredBy.BOTH}
        by_human = choice.answered_by in {AnsweredBy.HUMAN_ALONE, AnsweredBy.BOTH}
        found.append(metrics.c.first_inbound_at.is_not(None))
        found += [has_ai if by_ai else ~has_ai, has_human if by_human else ~has_human]
    if choice.session_id is not None:
        found.append(metrics.c.session_id == choice.session_id)
    if choice.rating is not None:
        found.append(metrics.c.rating == choice.rating)
    if choice.hour_of_week is not None:
        hour = hour_of_week(tx, metrics.c.opened_at, scope)
        found.append(hour == choice.hour_of_week)
    if choice.is_unheld:
        found.append(metrics.c.agent_id.is_(None))
    if choice.is_untagged:
        found.append(~exists().where(session_tags.c.session_id == metrics.c.session_id))
    if of_ai := _list_ai_conditions(choice):
        found.append(metrics.c.session_id.in_(select(logs.c.session_id).where(*of_ai)))
    return found


def _list_ai_conditions(choice: SessionChoice) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if choice.ai_action is not None:
        found += [logs.c.action == choice.ai_action, logs.c.mode == AiMode.AUTOMATIC]
    if choice.is_ai_suggested:
        found += [logs.c.action.in_(SAID), logs.c.mode == AiMode.SUGGEST]
    if choice.handover_reason is not None:
        reason = func.coalesce(logs.c.handover_reason, "")
        found += [logs.c.handover_triggered.is_(True), reason == choice.handover_reason]
    if choice.is_ai_wrong:
        found.append(logs.c.judged_wrong.is_(True))
    return found


def _choose(figure: Figure, selection: Selection) -> ColumnElement[bool]:
    match selection:
        case Selection.MISSING:
            return find_missing(figure)
        case Selection.BREACHED:
            return find_breached(figure)
    return find_measured(figure).is_not(None)
