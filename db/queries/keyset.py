"""Reads long lists by key: a page begins beyond a row, wherever in the list that is."""

from datetime import datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy import ColumnElement, Select, and_, or_

Row = TypeVar("Row", bound=tuple[Any, ...])


class Start(Protocol):
    """Beyond which row a page begins, and in which direction."""

    @property
    def at(self) -> datetime: ...
    @property
    def id(self) -> str: ...
    @property
    def back(self) -> bool: ...


def page(
    statement: Select[Row],
    at: ColumnElement[datetime],
    row_id: ColumnElement[Any],
    *,
    start: Start | None,
    limit: int,
    oldest_first: bool = False,
) -> Select[Row]:
    """Give the statement that reads one page, and one row more, which tells that the list goes on.

    The order is (at, row_id), newest first; rows come from `start` away, also when it leads back.
    An index on what the statement holds fixed, then `at`, `row_id`, makes all pages cost the same.
    """
    rising = oldest_first != (start is not None and start.back)
    if start is not None:
        # Spelt out: MySQL does not use an index for (a, b) < (x, y).
        further = at > start.at if rising else at < start.at
        beside = row_id > start.id if rising else row_id < start.id
        reached = at >= start.at if rising else at <= start.at
        statement = statement.where(reached, or_(further, and_(at == start.at, beside)))
    order = (at.asc(), row_id.asc()) if rising else (at.desc(), row_id.desc())
    return statement.order_by(*order).limit(limit + 1)
