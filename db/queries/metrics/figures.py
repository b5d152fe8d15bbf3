"""Read and write the rows of `conversation_metrics`, many in one statement."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, Update, and_, bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import count_changed, is_sqlite, upsert
from db.ids import AgentId, ChannelId, ConversationId, SessionId
from db.queries.metrics.answers import (
    ANSWER_COUNTS,
    IN_ORDER,
    THESE,
    build_count_waits,
    metrics,
)
from db.tables import SenderType


@dataclass(slots=True)
class SessionFigures:
    """The counted figures of one session; docs/metrics.md defines them."""

    session_id: SessionId
    conversation_id: ConversationId
    channel_id: ChannelId
    opened_at: datetime
    agent_id: AgentId | None = None
    ended_at: datetime | None = None
    first_held_at: datetime | None = None
    waiting_seconds: float | None = None
    waiting_business_seconds: float | None = None
    first_inbound_at: datetime | None = None
    first_answer_at: datetime | None = None
    first_answer_seconds: float | None = None
    first_answer_business_seconds: float | None = None
    first_human_at: datetime | None = None
    first_human_seconds: float | None = None
    first_human_business_seconds: float | None = None
    first_human_by_id: AgentId | None = None
    first_ai_at: datetime | None = None
    first_ai_seconds: float | None = None
    first_rule_at: datetime | None = None
    first_rule_seconds: float | None = None
    next_answer_count: int = 0
    next_answer_seconds_sum: float = 0.0
    next_answer_seconds_max: float | None = None
    next_answer_business_sum: float = 0.0
    next_answer_business_max: float | None = None
    unanswered_since: datetime | None = None
    resolution_seconds: float | None = None
    resolution_business_seconds: float | None = None
    inbound_count: int = 0
    human_count: int = 0
    ai_count: int = 0
    rule_count: int = 0
    last_message_at: datetime | None = None
    handover_count: int = 0
    reopen_count: int = 0


@dataclass(frozen=True, slots=True)
class NewAnswers:
    """How many answers one transaction added to a session."""

    human: int = 0
    ai: int = 0
    rule: int = 0


_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_COUNTED = tuple(each.name for each in fields(SessionFigures))
_COLUMNS = [metrics.c[name] for name in _COUNTED]
_CHANGED = [name for name in _COUNTED if name != "session_id"]
_READ = select(*_COLUMNS).where(THESE).with_for_update()
_FIND_IN_ORDER = select(metrics.c.session_id).where(THESE, IN_ORDER)
_ADD_INBOUND = (
    update(metrics)
    .where(THESE, IN_ORDER)
    .values(
        first_inbound_at=func.coalesce(metrics.c.first_inbound_at, bindparam("at")),
        unanswered_since=func.coalesce(metrics.c.unanswered_since, bindparam("at")),
        inbound_count=metrics.c.inbound_count + bindparam("inbound"),
        last_message_at=bindparam("at"),
        updated_at=bindparam("at"),
    )
)


def _replace(new: Any) -> dict[str, Any]:
    return {name: new[name] for name in (*_CHANGED, "updated_at")}


async def save_figures(tx: AsyncSession, rows: Iterable[SessionFigures], now: datetime) -> None:
    """Write whole rows, new ones or known ones; ratings and missed targets stay as they are."""
    values = [
        {"updated_at": now, **{name: getattr(row, name) for name in _COUNTED}} for row in rows
    ]
    if values:
        await tx.execute(upsert(tx, metrics, ("session_id",), _replace), values)


async def change_figures(
    tx: AsyncSession, rows: Iterable[tuple[SessionFigures, SessionFigures]], now: datetime
) -> None:
    """Write what changed in known rows: each as it was, and as it is now."""
    changes: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for before, after in rows:
        names = tuple(each for each in _CHANGED if getattr(before, each) != getattr(after, each))
        new = {name: getattr(after, name) for name in names}
        changes[names].append({**new, "updated_at": now, "its_id": after.session_id})
    for names, values in changes.items():
        await tx.execute(_build_change(names), values)


@cache
def _build_change(names: tuple[str, ...]) -> Update:
    """Build the statement that sets these columns; a desk has few different sets of them."""
    new = {name: bindparam(name, type_=metrics.c[name].type) for name in (*names, "updated_at")}
    return update(metrics).where(metrics.c.session_id == bindparam("its_id")).values(new)


async def lock_figures(tx: AsyncSession, ids: Collection[SessionId]) -> list[SessionFigures]:
    """Lock and read the rows of these sessions."""
    return [SessionFigures(*row) for row in await tx.execute(_READ, {"ids": list(ids)})]


async def count_inbound(
    tx: AsyncSession, ids: Sequence[SessionId], number: int, at: datetime
) -> set[SessionId]:
    """Count `number` new messages of the customer in each of these sessions.

    Returns the sessions that were left as they are: they have no row, or a newer message.
    """
    bound = {"ids": ids, "at": at, "inbound": number}
    if count_changed(await tx.execute(_ADD_INBOUND, bound)) == len(ids):
        return set()
    return set(ids).difference(await tx.scalars(_FIND_IN_ORDER, {"ids": ids, "at": at}))


async def count_answers_and_waits(
    tx: AsyncSession,
    ids: Sequence[SessionId],
    new: NewAnswers,
    at: datetime,
    *,
    human_type: SenderType,
) -> set[SessionId]:
    """Count new answers in these sessions with the waits that they end, all hours being open.

    Returns the sessions that were left as they are: they have no row, or a newer message.
    """
    kinds = bool(new.human), bool(new.ai), bool(new.rule)
    add = build_count_waits(*kinds, for_sqlite=is_sqlite(tx))
    bound = _bind(ids, new, at) | {"at_microseconds": (at - _EPOCH) // _MICROSECOND}
    if new.human:
        bound["human_type"] = human_type
    if count_changed(await tx.execute(add, bound)) == len(ids):
        return set()
    return set(ids).difference(await tx.scalars(_FIND_IN_ORDER, {"ids": ids, "at": at}))


async def count_answers(
    tx: AsyncSession, ids: Sequence[SessionId], new: NewAnswers, at: datetime
) -> set[SessionId]:
    """Count new answers in those of these sessions where they end no wait, nor are a first one.

    Returns the other sessions, which are left as they are.
    """
    add, find_done = _build_count_answers(bool(new.human), bool(new.ai), bool(new.rule))
    if count_changed(await tx.execute(add, _bind(ids, new, at))) == len(ids):
        return set()
    return set(ids).difference(await tx.scalars(find_done, {"ids": ids, "at": at}))


def _bind(ids: Sequence[SessionId], new: NewAnswers, at: datetime) -> dict[str, Any]:
    return {"ids": ids, "at": at, "human": new.human, "ai": new.ai, "rule": new.rule}


@cache
def _build_count_answers(
    by_human: bool, by_ai: bool, by_rule: bool
) -> tuple[Update, Select[tuple[SessionId]]]:
    """Build the statement that counts answers by these, and the one that finds what it counted.

    Its condition is never NULL, and holds before and after.
    """
    firsts = (
        *((metrics.c.first_human_at,) if by_human else ()),
        *((metrics.c.first_ai_at,) if by_ai else ()),
        *((metrics.c.first_rule_at,) if by_rule else ()),
    )
    has_firsts = and_(*(each.is_not(None) for each in firsts))
    where = [THESE, IN_ORDER, or_(metrics.c.first_inbound_at.is_(None), has_firsts)]
    if by_human or by_ai:
        where.append(metrics.c.unanswered_since.is_(None))
    return (
        update(metrics).where(*where).values(ANSWER_COUNTS),
        select(metrics.c.session_id).where(*where),
    )
