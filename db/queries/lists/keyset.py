"""Read long lists by keyset: each page starts after the last row of the page before."""

from datetime import datetime
from enum import Enum
from typing import Any, Protocol, TypeVar

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, or_

Row = TypeVar("Row", bound=tuple[Any, ...])


class PageStart(Protocol):
    """The row after which a page begins, and the direction."""

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
    """Return the direction of a page that begins there."""
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
    """Build the statement that reads one page and one row more, which shows that the list goes on.

    The order is (at, row_id), newest first. Rows are read from `start` outwards, also when it leads
    back. If an index begins with the columns that the statement fixes, then `at`, `row_id`, every
    page costs the same.
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
    """Build the statement once, for `get_page_params`; `most` names the limit's parameter."""
    rising = is_ascending(way, oldest_first=oldest_first)
    if way is not PageDirection.FIRST:
        start_at = bindparam("start_at", type_=at.type)
        start_id = bindparam("start_id", type_=row_id.type)
        # Written out: MySQL does not use an index for (a, b) < (x, y).
        further = at > start_at if rising else at < start_at
        beside = row_id > start_id if rising else row_id < start_id
        reached = at >= start_at if rising else at <= start_at
        statement = statement.where(reached, or_(further, and_(at == start_at, beside)))
    order = (at.asc(), row_id.asc()) if rising else (at.desc(), row_id.desc())
    return statement.order_by(*order).limit(bindparam(most, type_=Integer))


def build_page_by_id(
    statement: Select[Row], row_id: ColumnElement[Any], *, way: PageDirection, most: str = "most"
) -> Select[Row]:
    """Build the same in the order of ids alone: ids rise with the time they were made."""
    rising = is_ascending(way)
    if way is not PageDirection.FIRST:
        start = bindparam("start_id", type_=row_id.type)
        statement = statement.where(row_id > start if rising else row_id < start)
    order = row_id.asc() if rising else row_id.desc()
    return statement.order_by(order).limit(bindparam(most, type_=Integer))


def is_ascending(way: PageDirection, *, oldest_first: bool = False) -> bool:
    """Check whether rows are read in ascending order."""
    return oldest_first != (way is PageDirection.BACKWARD)


def get_page_params(start: PageStart | None, limit: int) -> dict[str, Any]:
    """Return the parameters of a page's statement."""
    most = {"most": limit + 1}
    return most if start is None else {**most, "start_at": start.at, "start_id": start.id}
