"""Build the statement that counts answers, with the waits that they end, for many sessions."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Update,
    and_,
    bindparam,
    case,
    func,
    null,
    or_,
    select,
    update,
)

from db.dialect import get_table, seconds_since
from db.tables import ConversationMetrics, Message

metrics = get_table(ConversationMetrics)
messages = get_table(Message)

THESE = metrics.c.session_id.in_(bindparam("ids", expanding=True))
_AT = bindparam("at", type_=metrics.c.opened_at.type)
# The same as a number, which is cheaper to bind many times.
_AT_MICROSECONDS = bindparam("at_microseconds", type_=BigInteger)
# What another transaction has counted already is not newer than what is added.
IN_ORDER = or_(metrics.c.last_message_at.is_(None), metrics.c.last_message_at <= _AT)
ANSWER_COUNTS = {
    "human_count": metrics.c.human_count + bindparam("human"),
    "ai_count": metrics.c.ai_count + bindparam("ai"),
    "rule_count": metrics.c.rule_count + bindparam("rule"),
    "last_message_at": _AT,
    "updated_at": _AT,
}
_Values = Iterator[tuple[Column[Any], ColumnElement[Any]]]


@cache
def build_count_waits(by_human: bool, by_ai: bool, by_rule: bool, *, for_sqlite: bool) -> Update:
    """Build the statement that counts answers by these, where business seconds are wall seconds.

    It takes `ids`, `at`, the same as `at_microseconds` since 1970, how many answers `human`, `ai`
    and `rule` gave to each session, and with human ones `human_type`, their sender type.
    MySQL sets one column after the other, and reads what it has set: what is read is set last.
    """
    values: list[tuple[Any, Any]] = []
    if by_human or by_ai:
        values += _end_wait(for_sqlite)
    if by_human:
        values += _set_first_human(for_sqlite)
    if by_ai:
        values += _set_first(metrics.c.first_ai_at, for_sqlite, metrics.c.first_ai_seconds)
    if by_rule:
        values += _set_first(metrics.c.first_rule_at, for_sqlite, metrics.c.first_rule_seconds)
    values += [(metrics.c[name], value) for name, value in ANSWER_COUNTS.items()]
    return update(metrics).where(THESE, IN_ORDER).ordered_values(*values)


def _end_wait(for_sqlite: bool) -> _Values:
    """Yield what the end of a wait changes: the first answer, or a later one."""
    waits = metrics.c.unanswered_since.is_not(None)
    is_first = and_(waits, metrics.c.first_answer_at.is_(None))
    is_later = and_(waits, metrics.c.first_answer_at.is_not(None))
    wait = seconds_since(metrics.c.unanswered_since, _AT_MICROSECONDS, for_sqlite=for_sqlite)
    count = metrics.c.next_answer_count
    yield count, count + case((is_later, 1), else_=0)
    for total, longest in (
        (metrics.c.next_answer_seconds_sum, metrics.c.next_answer_seconds_max),
        (metrics.c.next_answer_business_sum, metrics.c.next_answer_business_max),
    ):
        yield total, total + case((is_later, wait), else_=0.0)
        is_longer = and_(is_later, func.coalesce(longest, -1.0) < wait)
        yield longest, case((is_longer, wait), else_=longest)
    for column in (metrics.c.first_answer_seconds, metrics.c.first_answer_business_seconds):
        yield column, case((is_first, wait), else_=column)
    yield metrics.c.first_answer_at, case((is_first, _AT), else_=metrics.c.first_answer_at)
    yield metrics.c.unanswered_since, null()


def _set_first_human(for_sqlite: bool) -> _Values:
    author = metrics.c.first_human_by_id
    yield author, case((_is_first(metrics.c.first_human_at), _select_author()), else_=author)
    yield from _set_first(
        metrics.c.first_human_at,
        for_sqlite,
        metrics.c.first_human_seconds,
        metrics.c.first_human_business_seconds,
    )


def _set_first(at: Column[Any], for_sqlite: bool, *seconds: Column[Any]) -> _Values:
    wait = seconds_since(metrics.c.first_inbound_at, _AT_MICROSECONDS, for_sqlite=for_sqlite)
    for column in seconds:
        yield column, case((_is_first(at), wait), else_=column)
    yield at, case((_is_first(at), _AT), else_=at)


def _is_first(at: Column[Any]) -> ColumnElement[bool]:
    """Match sessions that have no such answer yet; what nobody asked for answers nothing."""
    return and_(at.is_(None), metrics.c.first_inbound_at.is_not(None))


def _select_author() -> ColumnElement[Any]:
    """Select who wrote the human's first message of this moment in the session."""
    return (
        select(messages.c.author_id)
        .where(
            messages.c.session_id == metrics.c.session_id,
            messages.c.created_at == _AT,
            messages.c.sender_type == bindparam("human_type"),
        )
        .order_by(messages.c.id)
        .limit(1)
        .correlate(metrics)
        .scalar_subquery()
    )
