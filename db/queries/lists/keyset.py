"""Reads long lists by key: a page begins beyond a row, wherever in the list that is."""

from datetime import datetime
from enum import Enum
from typing import Any, Protocol, TypeVar

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, or_

Row = TypeVar("Row", bound=tuple[Any, ...])


class PageStart(Protocol):
    """Beyond which row a page begins, and in which direction."""

    @property
    def at(self) -> datetime: ...
    @property
    def id(self) -> str: ...
    @property
    def back(self) -> bool: ...


class PageDirection(Enum):
    """How a page is reached."""

    FIRST = "the list's beginning"
    FORWARD = "from a row on"
    BACKWARD = "from a row back"


def get_direction(start: PageStart | None) -> PageDirection:
    """Tell how a page is reached that begins there."""
    if start is None:
        return PageDirection.FIRST
    return PageDirection.BACKWARD if start.back else PageDirection.FORWARD


def paginate(
    statement: Select[Row],
    at: ColumnElement[datetime],
    row_id: ColumnElement[Any],
    *,
    start: PageStart | None,
    limit: int,
    oldest_first: bool = False,
) -> Select[Row]:
    """Give the statement that reads one page, and one row more, which tells that the list goes on.

    The order is (at, row_id), newest first; rows come from `start` away, also when it leads back.
    An index on what the statement holds fixed, then `at`, `row_id`, makes all pages cost the same.
    """
    shape = build_page(statement, at, row_id, way=get_direction(start), oldest_first=oldest_first)
    return shape.params(get_page_params(start, limit))


def build_page(
    statement: Select[Row],
    at: ColumnElement[datetime],
    row_id: ColumnElement[Any],
    *,
    way: PageDirection,
    oldest_first: bool = False,
    most: str = "most",
) -> Select[Row]:
    """Give the same, to be built once and run with what `bound` says; `most` names the limit."""
    rising = is_ascending(way, oldest_first=oldest_first)
    if way is not PageDirection.FIRST:
        start_at = bindparam("start_at", type_=at.type)
        start_id = bindparam("start_id", type_=row_id.type)
        # Spelt out: MySQL does not use an index for (a, b) < (x, y).
        further = at > start_at if rising else at < start_at
        beside = row_id > start_id if rising else row_id < start_id
        reached = at >= start_at if rising else at <= start_at
        statement = statement.where(reached, or_(further, and_(at == start_at, beside)))
    order = (at.asc(), row_id.asc()) if rising else (at.desc(), row_id.desc())
    return statement.order_by(*order).limit(bindparam(most, type_=Integer))


def build_page_by_id(
    statement: Select[Row], row_id: ColumnElement[Any], *, way: PageDirection, most: str = "most"
) -> Select[Row]:
    """Give the same in the order of ids alone: they rise with the time they were made."""
    rising = is_ascending(way)
    if way is not PageDirection.FIRST:
        start = bindparam("start_id", type_=row_id.type)
        statement = statement.where(row_id > start if rising else row_id < start)
    order = row_id.asc() if rising else row_id.desc()
    return statement.order_by(order).limit(bindparam(most, type_=Integer))


def is_ascending(way: PageDirection, *, oldest_first: bool = False) -> bool:
    """Tell whether rows are read in rising order."""
    return oldest_first != (way is PageDirection.BACKWARD)


def get_page_params(start: PageStart | None, limit: int) -> dict[str, Any]:
    """Give the values of a page's shape."""
    most = {"most": limit + 1}
    return most if start is None else {**most, "start_at": start.at, "start_id": start.id}
